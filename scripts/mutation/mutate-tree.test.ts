import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { manifestSchemas } from '../../compiler/verify/schema/schemas.ts';
import { caughtShare, isSound, mutateTree, readTree } from './mutate-tree.ts';
import { mutantsOf } from './mutants.ts';

const GENERATED = resolve(import.meta.dirname, '../../generated');
/** As `spec/environments/` has it; the full run reads it there. */
const ENVIRONMENTS = [
  ['dev', '1.36'],
  ['prod', '1.33'],
] as const;
/** One mutant in so many; `npm run mutation` takes all. */
const SAMPLE = 31;

test.each(ENVIRONMENTS)(
  'nearly every broken field of %s is caught',
  { timeout: 300_000 },
  (environment, kubernetes) => {
    const tree = readTree(join(GENERATED, environment));
    // Else everything would seem to be caught.
    expect(isSound(tree, Number(kubernetes.slice(2)))).toBe(true);
    let count = 0;
    const result = mutateTree(tree, kubernetes, () => (count += 1) % SAMPLE === 0);
    expect(result.objects).toBeGreaterThan(500);
    expect(result.mutants).toBeGreaterThan(1000);
    expect(caughtShare(result), JSON.stringify(result.survivors, null, 1)).toBeGreaterThan(0.97);
  },
);

test('each field gives two mutants, and keys that the author invents none', () => {
  const mutants = mutantsOf(
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { mine: 'x' } },
      data: { 'my.file': 'text' },
    },
    manifestSchemas(),
  );
  expect([...mutants].map(({ place, change }) => `${change} ${place}`)).toEqual([
    'renamed /apiVersion',
    'retyped /apiVersion',
    'renamed /kind',
    'retyped /kind',
    'renamed /metadata',
    'retyped /metadata',
    'renamed /metadata/name',
    'retyped /metadata/name',
    'renamed /metadata/labels',
    'retyped /metadata/labels',
    'renamed /data',
    'retyped /data',
  ]);
});

test('a mutant is broken in one place and leaves the object as it was', () => {
  const object = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } };
  const mutants = [...mutantsOf(object, manifestSchemas())];
  const broken = mutants.filter(({ place }) => place === '/spec/ports/0/port').map(({ value }) => value['spec']);
  expect(broken).toEqual([{ ports: [{ portX: 80 }] }, { ports: [{ port: 'x' }] }]);
  expect(object.spec.ports).toEqual([{ port: 80 }]);
});
