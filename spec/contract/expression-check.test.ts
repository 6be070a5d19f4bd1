import { expect, test } from 'vitest';
import { typeCheck } from './expression-check.ts';
import { parseExpression } from './expression-parser.ts';
import type { JsonObject } from './source.ts';

const INPUT: JsonObject = {
  type: 'object',
  properties: {
    repo: { type: 'string' },
    severity: { enum: ['sev1', 'sev2', 'sev3'] },
    version: { const: 2 },
    lines: { type: 'integer' },
    urgent: { type: 'boolean' },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string', enum: ['ui', 'db'] } },
    pair: { type: 'array', prefixItems: [{ type: 'string' }], items: false },
    at: { $ref: '#/$defs/place' },
    loop: { $ref: '#/$defs/loop' },
    remote: { $ref: 'https://example.com/schema.json' },
    lost: { $ref: '#/$defs/nowhere' },
    whole: { $ref: '#' },
    either: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    choice: { anyOf: [{ const: 'a' }, { enum: ['b', 'c'] }] },
    vague: { oneOf: [{ type: 'string' }, true] },
    mixed: { allOf: [{ type: 'string' }] },
    open: { type: 'object' },
    extra: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true },
    counts: { type: 'object', additionalProperties: { type: 'integer' } },
    odd: { type: 'strange' },
  },
  $defs: {
    place: { type: 'object', properties: { line: { type: 'integer' } }, additionalProperties: false },
    loop: { $ref: '#/$defs/loop' },
  },
};

/** `kind: text under the caret: message`. */
function problems(text: string, schema: JsonObject = INPUT): readonly string[] {
  const parsed = parseExpression(text);
  if ('kind' in parsed) throw new Error(parsed.message);
  return typeCheck(parsed, schema).map(
    ({ kind, message, offset, length }) => `${kind}: ${text.slice(offset, offset + length)}: ${message}`,
  );
}

test.each([
  "task == 'x' && tenant != 'y' && labels.a == 'b' && labels['c'].contains('d')",
  "input.repo.startsWith('acme/') && input.lines > 3 && input.urgent && has(input.note)",
  "input.severity == 'sev1' && input.severity in ['sev2', 'sev3'] && input.version == 2",
  "input.note == null || input.note == 'x'",
  "'ui' in input.tags && size(input.tags) > 1 && 'line' in input.at && 'x' in input.pair",
  'input.at.line < 4',
  "input.either == 1 && input.either == 'x' && input.choice == 'c'",
  "input.loop == 1 && input.remote.x == 1 && input.lost == 'x' && input.whole.repo == 'x'",
  'input.vague == 1 && input.mixed == 2 && input.open.any == 3 && input.extra.b == 4 && input.odd == 5',
  'input.counts.anything > 1',
  'input.severity == input.repo',
  "[input.lines] == [1] && 'x' in labels",
])('%s can hold', (text) => {
  expect(problems(text)).toEqual([]);
});

test.each([
  ["input.rebo == 'x'", 'unknown-field: input.rebo: `input` has no field `rebo`'],
  ['has(input.at.column)', 'unknown-field: input.at.column: `input.at` has no field `column`'],
  ["input.repo.name == 'x'", 'unknown-field: input.repo.name: `input.repo` has no field `name`'],
  ["input.lines == 'many'", "types: input.lines == 'many': a number is compared with a string, which never match"],
  ['input.urgent < true', 'types: input.urgent < true: only strings and numbers have an order'],
  ['input.note > 3', 'types: input.note > 3: a string or null is compared with a number, which never match'],
  ['labels.retries > 3', 'types: labels.retries > 3: a string is compared with a number, which never match'],
  ["input.severity == 'sev4'", "impossible-value: 'sev4': `input.severity` is never 'sev4'"],
  ["'sev4' != input.severity", "impossible-value: 'sev4': `input.severity` is never 'sev4'"],
  ['input.version == 3', 'impossible-value: 3: `input.version` is never 3'],
  ["input.severity in ['sev1', 'sve2']", "impossible-value: 'sve2': `input.severity` is never 'sve2'"],
  ["input.repo in ['a', 1]", 'types: 1: a string is compared with a number, which never match'],
  ['1 in input.tags', 'types: 1 in input.tags: a number is compared with a string, which never match'],
  ["'x' in input.repo", 'types: input.repo: `input.repo` is a string, not a list or a map'],
  ["input.lines.startsWith('1')", 'types: input.lines: `input.lines` is a number, not a string'],
  ['input.repo.contains(1)', 'types: 1: `1` is a number, not a string'],
  ['size(input.lines) == 1', 'types: input.lines: `input.lines` is a number, not a string or a list or a map'],
  ['input.repo', 'not-boolean: input.repo: `input.repo` is a string, not a condition'],
  [
    'input.urgent && size(input.tags)',
    'not-boolean: size(input.tags): `size(input.tags)` is a number, not a condition',
  ],
  ["!'x'", "not-boolean: 'x': `'x'` is a string, not a condition"],
  ['[1]', 'not-boolean: [1]: `[1]` is a list, not a condition'],
])('%s cannot mean what it says', (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test('an unknown field and an impossible value name what would be right', () => {
  const parsed = parseExpression("input.at.lin == 1 || input.severity == 'sev'");
  if ('kind' in parsed) throw new Error(parsed.message);
  expect(typeCheck(parsed, INPUT).map(({ word, candidates }) => [word, candidates])).toEqual([
    ['lin', ['line']],
    ['sev', ['sev1', 'sev2', 'sev3']],
  ]);
});

test('all problems are found in one go', () => {
  expect(problems("input.a == 1 && input.lines == 'x' && input.b")).toHaveLength(3);
});

test('a schema that turns in circles or is a thicket of alternatives says nothing', () => {
  const both = (name: string) => ({ oneOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] });
  const names = Array.from({ length: 40 }, (_, level) => `level-${level}`);
  const $defs = Object.fromEntries(names.map((name, level) => [name, both(names[level + 1] ?? 'level-0')]));
  expect(problems('input.x > 1', { properties: { x: { $ref: '#/$defs/level-0' } }, $defs })).toEqual([]);
});

test('values may be of any kind, and only those of the kind of the literal are compared', () => {
  const schema: JsonObject = { properties: { x: { enum: [null, ['a'], { a: 1 }, 'b', true] }, y: { $ref: 7 } } };
  expect(problems("input.x == null || input.x == 'b' || input.y == 1 || input.x == true", schema)).toEqual([]);
  expect(problems("input.x == 'c' || input.x == false", schema)).toEqual([
    "impossible-value: 'c': `input.x` is never 'c'",
    'impossible-value: false: `input.x` is never false',
  ]);
});

test('a schema that says nothing allows everything', () => {
  expect(problems("input.a.b == 1 && input.c.startsWith('x') && input.d", {})).toEqual([]);
});
