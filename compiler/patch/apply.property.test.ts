import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { compile, hasErrors, NOTHING_KNOWN } from '../compile.ts';
import type { Known, KnownUnit } from '../compile.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import { readOwnYaml } from '../output/read-yaml.ts';
import { stages } from '../stages.ts';

const KINDS = ['Deployment', 'PodDisruptionBudget', 'Service'] as const;
const FLEET = 'teams/engineering/code-fixer';

/** Units that no patch touches are made once. */
const units = new Map<string, KnownUnit>();
const known: Known = {
  ...NOTHING_KNOWN,
  unit: (environment, unit, from) => units.get(`${environment} ${unit} ${from}`),
  keep: (environment, made) => units.set(`${environment} ${made.unit.id} ${made.from}`, made),
};

/** Compiles the base company with one patch of a fleet's object, or with none. */
async function compiled(patch?: JsonObject) {
  const text = JSON.stringify(patch);
  const files = [...caseFiles('base'), ...(patch ? [{ path: 'spec/teams/engineering/patch.json.yaml', text }] : [])];
  return compile({ files, today: '2026-11-23', environments: ['prod'] }, stages, known);
}

const { environments } = await compiled();
const objects = environments
  .flatMap((environment) => environment.units)
  .filter(({ id }) => id === FLEET)
  .flatMap(({ files }) => files.filter(({ path }) => path.endsWith('.yaml')))
  .flatMap(({ text }) => readOwnYaml(text) as JsonObject[]);

function* pointersIn(value: Json, pointer: string): Generator<string> {
  if (pointer !== '/spec') yield pointer;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* pointersIn(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** Every field of every object that a patch may name. */
const places = KINDS.flatMap((kind) =>
  objects
    .filter((object) => object['kind'] === kind && (object['metadata'] as JsonObject)['name'] === 'code-fixer')
    .flatMap((object) => [...pointersIn(object['spec'] ?? {}, '/spec')].map((path) => ({ kind, path }))),
);

const odd = fc.constantFrom<Json[]>(0, -1, 1.5, 65536, '', 'http', '80%', '1Gi', true, [], {}, [{}], [[]], { a: 'b' });
const value = fc.oneof(odd, fc.dictionary(fc.constantFrom('name', 'port', 'labels', 'limits'), odd, { maxKeys: 3 }));

test('whatever a patch puts wherever it may, the compile ends with a problem or with objects that the cluster takes', async () => {
  expect(places.length).toBeGreaterThan(150);
  const found = new Set<string>();
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.constantFrom('add', 'replace', 'remove'),
      value,
      async (place, op, put) => {
        const operation = { op, path: place.path, ...(op === 'remove' ? {} : { value: put }) };
        const { diagnostics, environments: emitted } = await compiled({
          apiVersion: 'nova-torch.dev/v1',
          kind: 'Patch',
          metadata: { name: 'any' },
          spec: {
            fleet: 'code-fixer',
            target: { kind: place.kind, name: 'code-fixer' },
            owner: 'acme/engineering',
            reason: 'to see what happens',
            expires: '2027-01-01',
            operations: [operation],
          },
        });
        for (const { code, severity } of diagnostics) if (severity === 'error') found.add(code);
        expect(emitted.length).toBe(hasErrors(diagnostics) ? 0 : 1);
        taken += emitted.length;
      },
    ),
    { numRuns: 400 },
  );
  expect(taken).toBeGreaterThan(20);
  // Guarded, wrong by its schema, and wrong by what only the API server knows.
  expect([...found]).toEqual(expect.arrayContaining(['NT4011', 'NT3102', 'NT3004']));
}, 120_000);
