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

test('all fields of one lease are in one Secret, which is not the one of the same place without a lease', () => {
  const from = () => at;
  const reads = (leaseMs?: number) => {
    const ref = { path: 'database/creds/a', mount: 'env' as const, at, ...(leaseMs === undefined ? {} : { leaseMs }) };
    const own = { USER: { ...ref, field: 'username' }, PASSWORD: { ...ref, field: 'password' } };
    const fleet = { name: 'f', secrets: new Map(Object.entries(own)), providers: [], tools: new Map(), from };
    return deliveredSecrets(fleet as unknown as FleetModel);
  };
  const leased = reads(3_600_000);
  expect(leased.map(({ keys, lease }) => [keys.map(({ key }) => key), lease?.ms])).toEqual([
    [['PASSWORD', 'USER'], 3_600_000],
  ]);
  const [kept] = reads();
  expect(kept?.lease).toBeUndefined();
  expect(leased[0]?.name).not.toBe(kept?.name);
  expect(reads(7_200_000)[0]?.name).toBe(leased[0]?.name);
});
