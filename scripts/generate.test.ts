import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentValidators, mergedValidators, overlayValidators } from '../compiler/load/generated/validators.ts';
import { defineFleet, definePatch, defineRoute, defineSchedule } from '../spec/contract/author.ts';
import editorSchema from '../spec/contract/generated/nova-torch.schema.json' with { type: 'json' };
import { generated, outdated } from './generate.ts';

const DOCUMENTS = [
  defineFleet({
    metadata: { name: 'code-fixer', labels: { tier: 'core' } },
    spec: {
      agent: { image: 'ghcr.io/acme/code-fixer:1.4.2', resources: { cpu: '1' }, env: { LOG_LEVEL: 'info' } },
      skills: { python: 3 },
      accepts: { bug_fix: { timeouts: { run: '45m' }, retry: { never: ['denied'], backoff: { factor: 1.5 } } } },
      providers: ['vendor-a', 'vendor-b'],
      scale: { schedule: [{ cron: '0 8 * * 1-5', hold: '10h', min: 6 }] },
    },
    environments: { prod: { scale: { min: 2 }, accepts: { bug_fix: {} } } },
  }),
  defineRoute({
    metadata: { name: 'bug-fix' },
    spec: {
      match: { task: ['bug_fix'], where: 'input.ok' },
      to: { 'code-fixer': 100 },
      fallback: [{ when: ['no-agent'], to: 'other' }],
      expect: [{ task: { task: 'bug_fix', input: { ok: true } }, goesTo: ['code-fixer'] }],
    },
  }),
  defineSchedule({ metadata: { name: 'nightly' }, spec: { cron: '15 1 * * *', task: 'bug_fix', input: { a: [1] } } }),
  definePatch({
    metadata: { name: 'more-grace' },
    spec: {
      fleet: 'code-fixer',
      target: { kind: 'Deployment' },
      owner: 'acme/engineering',
      reason: 'A vendor library needs it.',
      expires: '2026-12-31',
      operations: [{ op: 'replace', path: '/spec/minReadySeconds', value: 5 }],
    },
  }),
];

test('every generated file is what the schemas say', async () => {
  expect(await outdated()).toEqual([]);
});

test('the generator makes the same bytes twice', async () => {
  expect([...(await generated())]).toEqual([...(await generated())]);
});

test('the validators and the editor schema come to the same verdict', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const validate = ajv.compile(editorSchema);
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(fc.constantFrom(...DOCUMENTS), fc.array(change, { maxLength: 2 }), (original, changes) => {
      const document = changes.reduce(changed, JSON.parse(JSON.stringify(original)) as Json);
      const verdict = validate(document);
      seen.add(verdict);
      expect([document, documentValidators[original.kind](document)]).toEqual([document, verdict]);
    }),
    { numRuns: 3000 },
  );
  expect(seen.size).toBe(2);
});

test('an overlay may say any part, a merged spec must be whole', () => {
  expect(overlayValidators.Fleet?.({ agent: { slots: 2 } })).toBe(true);
  expect(overlayValidators.Fleet?.({ agent: { slot: 2 } })).toBe(false);
  expect(mergedValidators.Fleet?.({ agent: { slots: 2 } })).toBe(false);
  expect(mergedValidators.Fleet?.errors).toEqual([
    {
      instancePath: '',
      schemaPath: '#/$defs/FleetSpec/required',
      keyword: 'required',
      params: { missingProperty: 'accepts' },
    },
    {
      instancePath: '/agent',
      schemaPath: '#/$defs/FleetSpec/properties/agent/required',
      keyword: 'required',
      params: { missingProperty: 'image' },
    },
  ]);
  expect(mergedValidators.Fleet?.(DOCUMENTS[0]?.spec)).toBe(true);
});

test('an item of a list in an overlay must be whole, because lists are replaced', () => {
  expect(overlayValidators.Route?.({ fallback: [{ to: 'other' }] })).toBe(false);
  expect(overlayValidators.Route?.({ fallback: [{ to: 'other', when: ['rejected'] }] })).toBe(true);
});

test('a problem names its place in the editor schema', () => {
  const fleet = {
    ...DOCUMENTS[0],
    spec: { agent: { image: 'ghcr.io/acme/x:1' }, accepts: { t: { timeouts: { run: '1x' } } } },
  };
  expect(documentValidators.Fleet(fleet)).toBe(false);
  expect(documentValidators.Fleet.errors?.map(({ instancePath, schemaPath }) => [instancePath, schemaPath])).toEqual([
    ['/spec/accepts/t/timeouts/run', '#/$defs/duration/pattern'],
  ]);
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
interface Change {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add';
  readonly value: Json;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(40),
  how: fc.constantFrom('replace', 'remove', 'add'),
  value: fc.oneof(
    fc.constantFrom<Json>(null, true, 0, 3, 1.5, '', 'a', '30s', '50%', {}, [], ['a', 'a'], { a: 1 }, 'x'.repeat(5000)),
    fc.jsonValue({ maxDepth: 1 }) as fc.Arbitrary<Json>,
  ),
});

/** The document with one of its values replaced, removed, or joined by another. */
function changed(document: Json, { at, how, value: drawn }: Change): Json {
  // Later changes may land inside an earlier value, and the same draw is run again while it is shrunk.
  const value = structuredClone(drawn);
  const places = placesOf(document);
  const place = places[at % places.length];
  if (place === undefined) return value;
  const { parent, key } = place;
  if (how === 'add') Object.assign(parent, { extra: value });
  else if (how === 'replace') Object.assign(parent, { [key]: value });
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return document;
}

function placesOf(value: Json): readonly { parent: { [key: string]: Json } | Json[]; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [{ parent: value, key }, ...placesOf(child)]);
}
