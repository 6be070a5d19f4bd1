import { expect, test } from 'vitest';
import { deliveredSecrets } from './secrets.ts';
import type { FleetModel } from './model.ts';
import type { Origin } from './origin.ts';

const at: Origin = { document: { file: 'f', locate: () => ({ file: 'f', start: 0, end: 0 }) }, path: [] };

function fleetWith(secrets: Readonly<Record<string, readonly [path: string, field: string, mount: 'file' | 'env']>>) {
  const own = Object.entries(secrets).map(([key, [path, field, mount]]) => [key, { path, field, mount, at }] as const);
  const vendor = { name: 'v', secret: { path: 'kv/shared', field: 'k' } };
  return {
    name: 'f',
    secrets: new Map(own),
    providers: [{ facts: vendor, at }],
    tools: new Map([['t', { facts: { name: 't' }, at }]]),
  } as unknown as FleetModel;
}

test('what lies in one place and is mounted alike comes in one Secret, a credential with it', () => {
  const found = deliveredSecrets(
    fleetWith({ A: ['kv/shared', 'a', 'file'], B: ['kv/shared', 'b', 'env'], C: ['kv/c_c', 'c', 'env'] }),
  );
  expect(found.map(({ mount, engine, path, keys }) => [mount, engine, path, keys.map(({ key }) => key)])).toEqual([
    ['env', 'kv', 'c_c', ['C']],
    ['env', 'kv', 'shared', ['B']],
    ['file', 'kv', 'shared', ['A', 'providers.v']],
  ]);
});

test('two places never share a name, however alike they are written', () => {
  const found = deliveredSecrets(
    fleetWith({ A: ['kv/a/b-c', 'a', 'file'], B: ['kv/a/B_C', 'b', 'file'], C: ['kv/a-b/b-c', 'c', 'file'] }),
  );
  expect(new Set(found.map(({ name }) => name)).size).toBe(4);
  for (const { name } of found) expect(name).toMatch(/^f--[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
});
