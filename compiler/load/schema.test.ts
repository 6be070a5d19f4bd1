import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonPath } from '../../spec/contract/source.ts';
import type { Part } from '../core/origin.ts';
import { collector } from '../diagnostics/report.ts';
import { caseFiles } from '../diagnostics/testing/case-files.ts';
import type { Kind } from './document.ts';
import { explainSchema } from './explain-schema.ts';
import { documentValidators } from './generated/validators.ts';
import { loadFile } from './load.ts';
import { placeOf } from './places.ts';
import { validateMerged } from './schema.ts';
import { followed, schemaNamed } from './schema-source.ts';

const SPEC = fileURLToPath(new URL('../../spec', import.meta.url));

interface Sample {
  readonly path: string;
  readonly value: Record<string, unknown>;
}

/** Every document of the base company and of the example company. */
function samples(): readonly Sample[] {
  const texts = [
    ...caseFiles('base'),
    ...readdirSync(SPEC, { recursive: true, encoding: 'utf8' }).map((path) => ({ path: `spec/${path}`, text: '' })),
  ].filter(({ path }) => path.endsWith('.yaml') && placeOf(path).type === 'documents');
  return texts.flatMap(({ path, text }) => {
    const documents = parseAllDocuments(text || readFileSync(join(SPEC, path.slice('spec/'.length)), 'utf8'));
    return (Array.isArray(documents) ? documents : []).map((document) => ({
      path,
      value: document.toJS() as Record<string, unknown>,
    }));
  });
}

const SAMPLES = samples();

/** Every map and list of a value with the keys below it. */
function holders(value: unknown): readonly { readonly holder: Record<string, unknown>; readonly key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...holders(holder[key])]);
}

const junk = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  0.5,
  1e9,
  '',
  'x',
  'A B',
  'x'.repeat(2000),
  [],
  ['x', 'x'],
  {},
  { x: 1 },
);
const change = fc.record({ at: fc.nat(), how: fc.constantFrom('replace', 'remove', 'rename', 'add'), junk });

test('what a validator refuses is explained in its file, and what it accepts is not touched', () => {
  expect(new Set(SAMPLES.map(({ value }) => value['kind'])).size).toBeGreaterThan(6);
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.array(change, { minLength: 1, maxLength: 3 }), (sample, changes) => {
      const value = structuredClone(sample.value);
      for (const { at, how, junk: other } of changes) {
        const places = holders(value).filter(({ key }) => !['kind', 'apiVersion'].includes(key));
        const place = places[at % Math.max(1, places.length)];
        if (place === undefined) continue;
        const { holder, key } = place;
        if (how === 'replace') holder[key] = structuredClone(other);
        else if (how === 'add') holder[`${key}x`] = structuredClone(other);
        else {
          if (how === 'rename' && !Array.isArray(holder)) holder[`${key.slice(1)}y`] = holder[key];
          if (Array.isArray(holder)) holder.splice(Number(key), 1);
          else delete holder[key];
        }
      }
      const text = JSON.stringify(value, null, 2);
      const { report, diagnostics } = collector();
      const { documents } = loadFile({ path: sample.path, text }, report);
      const valid = documentValidators[value['kind'] as Kind](value);
      const errors = diagnostics.filter(({ code }) => code !== 'NT1119' && code !== 'NT1301');
      expect({ text, errors: errors.length > 0 }).toEqual({ text, errors: !valid });
      if (diagnostics.length === 0) expect(documents).toHaveLength(1);
      if (!valid) refused += 1;
      for (const { at, message } of diagnostics) {
        expect(at.start >= 0 && at.end >= at.start && at.end <= text.length).toBe(true);
        expect(message.length).toBeLessThan(400);
      }
    }),
    { numRuns: 4000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

function merged(spec: unknown): { readonly valid: boolean; readonly problems: readonly string[] } {
  const { report, diagnostics } = collector();
  const asked: (readonly [JsonPath, Part | undefined])[] = [];
  const locate = (path: JsonPath, part?: Part) => {
    asked.push([path, part]);
    return { file: 'spec/teams/a/b.yaml', start: 0, end: 1 };
  };
  const valid = validateMerged('Fleet', spec, locate, report);
  return { valid, problems: diagnostics.map(({ message }, index) => `${JSON.stringify(asked[index])} ${message}`) };
}

const AGENT = { image: 'ghcr.io/acme/a:1' };

test('a merged spec is judged whole and its problems are placed by whoever merged it', () => {
  expect(merged({ agent: AGENT, accepts: { a: {} } })).toEqual({ valid: true, problems: [] });
  expect(merged({ agent: { ...AGENT, slots: 0 }, accepts: { a: {} } })).toEqual({
    valid: false,
    problems: ['[["agent","slots"],"value"] `spec.agent.slots` must be at least 1, found 0'],
  });
  expect(merged({ agent: {}, accepts: {} })).toEqual({
    valid: false,
    problems: [
      '[["agent"],"key"] `spec.agent` lacks `image`',
      '[["accepts"],"key"] `spec.accepts` holds 0 fields, at least 1 must stand there',
    ],
  });
});

test('a kind without overlays has nothing to merge', () => {
  const { report } = collector();
  const locate = () => ({ file: 'x', start: 0, end: 0 });
  expect(validateMerged('Company', {}, locate, report)).toBe(true);
});

function explained(value: unknown, name: string): readonly string[] {
  const { report, diagnostics } = collector();
  explainSchema(schemaNamed(name), value, ['spec'], { report, place: () => ({ file: 'x', start: 0, end: 0 }) });
  return diagnostics.map(({ message, notes }) => [message, ...notes].join('; '));
}

const PATCH = { fleet: 'a', target: { kind: 'Service' }, owner: 'a/b', reason: 'x', expires: '2026-10-10' };

test('of alternatives only the one that was meant is explained', () => {
  const operations = (operation: unknown) => explained({ ...PATCH, operations: [operation] }, 'PatchSpec');
  expect(operations({ op: 'remove', path: '/spec/a', value: 1 })).toEqual([
    'unknown field `value` in `spec.operations[0]`; allowed: op, path',
  ]);
  expect(operations({ op: 'delete', path: '/spec/a' })).toEqual([
    '`spec.operations[0].op` cannot be `delete`; allowed: add, replace, test, remove',
  ]);
  expect(operations({ path: '/spec/a' })).toEqual(['`spec.operations[0]` lacks `op`']);
  expect(operations({ opp: 'remove', path: '/spec/a' })).toEqual([
    'unknown field `opp` in `spec.operations[0]`; allowed: op, path, value',
  ]);
  expect(operations('remove')).toEqual(['`spec.operations[0]` must be a map of fields, found the text `remove`']);
  const route = (task: unknown) => explained({ match: { task }, to: { a: 1 } }, 'RouteSpec');
  expect(route(3)).toEqual(['`spec.match.task` must be text or a list, found the number 3; for example `bug_fix`']);
  expect(route(['a', 'B'])[0]).toContain('`spec.match.task[1]` cannot be `B`: a task type');
});

test('a value that is a secret is not repeated', () => {
  const token = `ghp_${'a1B'.repeat(12)}`;
  const problems = explained(
    { agent: { image: token, delivery: token, slots: token }, accepts: { [token]: {} } },
    'FleetSpec',
  );
  expect(problems).toHaveLength(4);
  expect(problems.join().includes(token)).toBe(false);
});

test('a schema that does not exist is our own mistake', () => {
  expect(() => schemaNamed('Nothing')).toThrow('no schema is called Nothing');
  expect(followed({ $ref: '#/$defs/duration', description: 'Mine.' }).form).toMatch(/^A length of time/);
});

test('a value near an allowed one is corrected, in quotes where it would be read as a number', () => {
  const { report, diagnostics } = collector();
  const subject = { report, place: () => ({ file: 'x', start: 0, end: 0 }) };
  explainSchema({ enum: ['1.33', 'sidecar'] }, '1.34', ['a'], subject);
  explainSchema({ enum: ['1.33', 'sidecar'] }, 'sidecra', ['a'], subject);
  explainSchema({ enum: ['1.33', 'sidecar'] }, 3, ['a'], subject);
  explainSchema({ enum: ['1.33', 'sidecar'] }, 'sidecar', ['a'], subject);
  expect(diagnostics.map(({ fix }) => fix?.edits[0]?.text)).toEqual(['"1.33"', 'sidecar', undefined]);
});

test('a pattern without a meaning is shown itself, and a list of any values may hold anything', () => {
  const { report, diagnostics } = collector();
  const subject = { report, place: () => ({ file: 'x', start: 0, end: 0 }) };
  explainSchema({ type: 'string', pattern: '^a+$' }, 'b', ['a'], subject);
  explainSchema({ type: 'array' }, [1, 'x'], ['a'], subject);
  explainSchema({}, null, ['a'], subject);
  explainSchema({ type: 'object' }, { a: 1 }, ['a'], subject);
  expect(diagnostics.map(({ message }) => message)).toEqual(['`a` cannot be `b`: it must match `^a+$`']);
});

test('alternatives that nothing tells apart are our own mistake', () => {
  const subject = { report: () => undefined, place: () => ({ file: 'x', start: 0, end: 0 }) };
  const alternatives = { oneOf: [{ type: 'object' as const }, { type: 'object' as const }] };
  expect(() => explainSchema(alternatives, {}, ['a'], subject)).toThrow('no field tells the alternatives of `a` apart');
});
