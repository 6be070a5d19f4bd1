import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collector } from '../diagnostics/report.ts';
import { linesOf } from '../diagnostics/position.ts';
import { loadSchema } from './json-schema.ts';
import { patternProblem } from '../../spec/contract/task-schema/pattern.ts';
import { KEYWORDS } from '../../spec/contract/task-schema/keywords.ts';

function problems(text: string): readonly string[] {
  const { report, diagnostics } = collector();
  const schema = loadSchema({ path: 'spec/teams/a/x.json', text }, report);
  expect(schema === undefined).toBe(diagnostics.length > 0);
  const lines = linesOf(text);
  return diagnostics.map(({ code, at, message }) => {
    const { line, column } = lines.positionOf(at.start);
    return `${line}:${column} ${code} ${message}`;
  });
}

test('a schema comes back as plain data that holds nothing else', () => {
  const { report, diagnostics } = collector();
  const text =
    '\uFEFF{\n\t"type": "object",\n\t"properties": { "a": { "$ref": "#/$defs/b~1c" } },\n\t"$defs": { "b/c": true }\n}\n';
  const schema = loadSchema({ path: 'spec/teams/a/x.json', text }, report);
  expect(JSON.parse(JSON.stringify(schema))).toEqual({
    type: 'object',
    properties: { a: { $ref: '#/$defs/b~1c' } },
    $defs: { 'b/c': true },
  });
  expect(diagnostics).toEqual([]);
  expect('constructor' in (schema ?? {})).toBe(false);
});

test.each([
  ['{"$ref": "#"}', '1:10 NT1406 `#` leads back to itself, with the same value each time'],
  [
    '{"properties": {"x": {"$ref": "#/$defs/a"}},\n"$defs": {"a": {"$ref": "#/$defs/b"},\n"b": {"$ref": "#/$defs/a"}}}',
    '3:15 NT1406 `#/$defs/a` leads back to itself, with the same value each time',
  ],
  ['{"allOf": [{"not": {"$ref": "#"}}]}', '1:29 NT1406 `#` leads back to itself, with the same value each time'],
  [
    '{"dependentSchemas": {"x": {"anyOf": [true, {"$ref": "#/dependentSchemas/x"}]}}}',
    '1:54 NT1406 `#/dependentSchemas/x` leads back to itself, with the same value each time',
  ],
  [
    '{"$defs": {"unused": {"if": {"$ref": "#/$defs/unused"}}}}',
    '1:38 NT1406 `#/$defs/unused` leads back to itself, with the same value each time',
  ],
])('a reference without end in %s is refused where it turns back', (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test('a tree of trees is taken, and so is what is referred to often', () => {
  const tree = '{"properties": {"left": {"$ref": "#"}}, "additionalProperties": {"$ref": "#"}, "items": {"$ref": "#"}}';
  expect(problems(tree)).toEqual([]);
  const often = Array.from({ length: 3000 }, () => '{"$ref": "#/$defs/a"}').join(',');
  expect(problems(`{"allOf": [${often}], "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": true}}`)).toEqual([]);
});

test.each(['forwards', 'backwards'])('a chain of references may have 64 links and no more, written %s', (order) => {
  const chain = (length: number) => {
    const links = Array.from({ length }, (_, link) => `"${link}": {"$ref": "#/$defs/${link + 1}"}`);
    const defs = [...links, `"${length}": true`];
    return `{"$defs": {${(order === 'forwards' ? defs : defs.reverse()).join(',')}}}`;
  };
  expect(problems(chain(64))).toEqual([]);
  expect(problems(chain(65))).toEqual([
    expect.stringMatching(/NT1406 `#\/\$defs\/\d+` leads on to too many others, with the same value each time$/),
  ]);
  expect(problems(chain(9000))).toHaveLength(1);
});

test('a bound of every kind is taken', () => {
  expect(problems('{"type": "number", "minimum": 0, "maximum": 10, "multipleOf": 0.5}')).toEqual([]);
  expect(problems('{"multipleOf": 0}')).toEqual([
    '1:16 NT1402 this is not a JSON Schema: `multipleOf` must be a number above 0, found the number 0',
  ]);
});

test.each([
  ['', '1:1 NT1401 this is not JSON: the text ends where a value must stand'],
  ['{"a":1,}', '1:8 NT1401 this is not JSON: found `}` where a key in double quotes must stand'],
  ['{"a" 1}', '1:6 NT1401 this is not JSON: found `1` where `:` must stand'],
  ['{a:1}', '1:2 NT1401 this is not JSON: found `a` where a key in double quotes or `}` must stand'],
  ['[1 2]', '1:4 NT1401 this is not JSON: found `2` where `,` or the end of the map or list must stand'],
  ['[,]', '1:2 NT1401 this is not JSON: found `,` where a value or `]` must stand'],
  ['{} {}', '1:4 NT1401 this is not JSON: found `{` where the end of the text must stand'],
  ['{"a": 01}', '1:7 NT1401 this is not JSON: found `0` where a value must stand'],
  ['// no\n{}', '1:1 NT1401 this is not JSON: found `/` where a value must stand'],
  ['{"a":\n  {"const": 1}, "a": 2}', '2:17 NT1107 `a` is given twice'],
  ['{"__proto__": 1}', '1:2 NT1108 `__proto__` cannot be a key'],
  ['{"const": 1e400}', '1:11 NT1109 `1e400` is not a plain decimal number'],
  ['{"const": 9007199254740993}', '1:11 NT1109 `9007199254740993` is not a plain decimal number'],
  ['['.repeat(100_000), '1:65 NT1114 values are nested deeper than 64'],
  ['[]', '1:1 NT1402 this is not a JSON Schema: it must be a map of keywords, found a list'],
  ['{"typ": "object"}', '1:2 NT1402 this is not a JSON Schema: there is no keyword `typ`'],
  [
    '{"type": "text"}',
    '1:10 NT1402 this is not a JSON Schema: `type` must be one of string, number, integer, boolean, array, object, null, or a list of them, found the text `text`',
  ],
  [
    '{"$schema": "http://json-schema.org/draft-07/schema#"}',
    '1:13 NT1402 this is not a JSON Schema: `$schema` must be `https://json-schema.org/draft/2020-12/schema`',
  ],
  ['{"$id": "#x"}', '1:9 NT1402 this is not a JSON Schema: `$id` must be an address'],
  ['{"$id": {}}', '1:9 NT1402 this is not a JSON Schema: `$id` must be text, found a map'],
  ['{"not": {"$id": "x"}}', '1:10 NT1402 this is not a JSON Schema: `$id` can stand at its top only'],
  [
    '{"properties": {"a": 3}}',
    '1:22 NT1402 this is not a JSON Schema: a schema must be a map or a boolean, found the number 3',
  ],
  ['{"properties": []}', '1:16 NT1402 this is not a JSON Schema: `properties` must be a map of schemas, found a list'],
  [
    '{"anyOf": []}',
    '1:11 NT1402 this is not a JSON Schema: `anyOf` must be a list of schemas with at least one entry, found a list',
  ],
  [
    '{"allOf": [{"maxLength": -1}]}',
    '1:26 NT1402 this is not a JSON Schema: `maxLength` must be a whole number of 0 or more, found the number -1',
  ],
  ['{"minimum": "1"}', '1:13 NT1402 this is not a JSON Schema: `minimum` must be a number, found the text `1`'],
  [
    '{"multipleOf": 0}',
    '1:16 NT1402 this is not a JSON Schema: `multipleOf` must be a number above 0, found the number 0',
  ],
  [
    '{"uniqueItems": 1}',
    '1:17 NT1402 this is not a JSON Schema: `uniqueItems` must be `true` or `false`, found the number 1',
  ],
  ['{"title": 1}', '1:11 NT1402 this is not a JSON Schema: `title` must be text, found the number 1'],
  [
    '{"enum": []}',
    '1:10 NT1402 this is not a JSON Schema: `enum` must be a list with at least one entry, found a list',
  ],
  [
    '{"required": ["a","a"]}',
    '1:14 NT1402 this is not a JSON Schema: `required` must be a list of different names, found a list',
  ],
  [
    '{"dependentRequired": {"a": "b"}}',
    '1:23 NT1402 this is not a JSON Schema: `dependentRequired` must be a map of lists of names, found a map',
  ],
  ['{"$ref": "https://a.example/x.json"}', '1:10 NT1403 `https://a.example/x.json` refers outside this file'],
  ['{"$ref": "other.json#/a"}', '1:10 NT1403 `other.json#/a` refers outside this file'],
  ['{"$ref": "#/$defs/%61b"}', '1:10 NT1404 `#/$defs/%61b` leads to no schema of this file'],
  [
    '{"$ref": "#/examples/0", "examples": [{"pattern": "^(a+)+$"}]}',
    '1:10 NT1404 `#/examples/0` leads to no schema of this file',
  ],
  [
    '{"pattern": "^\\\\p{Script=Greek}$"}',
    '1:13 NT1405 a schema cannot use the pattern `^\\p{Script=Greek}$`: it names a property of characters that is no general category',
  ],
  ['{"pattern": "("}', '1:13 NT1405 a schema cannot use the pattern `(`: it is not a regular expression'],
  [
    '{"patternProperties": {"^(a+)+$": true}}',
    '1:24 NT1405 a schema cannot use the pattern `^(a+)+$`: it repeats a group that can match the same text in many ways',
  ],
])('%s is refused where it is wrong', (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test('a map of too many keys is refused', () => {
  const keys = Array.from({ length: 2001 }, (_, index) => `"k${index}":1`).join(',');
  expect(problems(`{"const":{${keys}}}`)).toEqual(['1:18901 NT1113 a map holds more than 2000 keys']);
});

test('patterns that take exponential time are refused and ordinary ones are not', () => {
  const refused = [
    '(a*)*',
    '(a|a)*',
    '((a+)b?)+',
    '(?:x+){2,}',
    '(?=a)b',
    '(a)\\1',
    'a'.repeat(257),
    '(?<n>a)\\k<n>',
    '(-[a-z-]+)*',
  ];
  const accepted = [
    '^[a-z]+(-[a-z]+){0,3}$',
    '^\\d{4}-\\d{2}$',
    '^(a|b)$',
    '[(+*)]+',
    '\\(\\+\\)*',
    '^https?://[^/]+/',
    '(ab)+',
    '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    '^[a-z]+(?:\\.[a-z]+)*$',
  ];
  expect(refused.filter((pattern) => patternProblem(pattern) === undefined)).toEqual([]);
  expect(accepted.filter((pattern) => patternProblem(pattern) !== undefined)).toEqual([]);
});

test('whatever is accepted here is a schema to ajv as well', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const leaf = fc.oneof(fc.constantFrom('string', 'object', '^a', '#', -1, 0, 3, 0.5, true, null), fc.string());
  const keyword = fc.constantFrom(...KEYWORDS.keys(), 'typ');
  const { schema } = fc.letrec<{ schema: unknown; value: unknown }>((tie) => ({
    value: fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
    schema: fc.dictionary(keyword, tie('value'), { maxKeys: 3 }),
  }));
  let accepted = 0;
  fc.assert(
    fc.property(schema, (value) => {
      const { report, diagnostics } = collector();
      loadSchema({ path: 'spec/teams/a/x.json', text: JSON.stringify(value) }, report);
      if (diagnostics.length > 0) return;
      accepted += 1;
      expect(ajv.validateSchema(value as object)).toBe(true);
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('it reads what the engine reads', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
      const value = JSON.parse(text) as unknown;
      const { report, diagnostics } = collector();
      loadSchema({ path: 'x.json', text: JSON.stringify({ const: value }, null, indent) }, report);
      const odd = /__proto__|constructor|prototype|\d{16}|e[+-]?\d/.test(text);
      expect(odd ? [] : diagnostics).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
