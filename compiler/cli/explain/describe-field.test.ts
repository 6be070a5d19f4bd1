import { expect, test } from 'vitest';
import type { JsonObject } from '../../../spec/contract/source.ts';
import { examplesOf, show, typeOf } from './describe-field.ts';
import { languageOf } from './language.ts';

const language = languageOf({
  properties: { kind: { enum: ['Fleet'] } },
  $defs: { Fleet: { type: 'object' }, queueName: { type: 'string', maxLength: 9, 'x-unit': 'queueName' } },
});

test.each<[JsonObject, string]>([
  [{ const: 'v1' }, 'always v1'],
  [{ enum: ['low', 'high', 3] }, 'one of low, high, 3'],
  [{ oneOf: [{ type: 'boolean' }, { type: 'integer', minimum: 2 }] }, 'true or false; or whole number, at least 2'],
  [{ type: 'integer', minimum: 0, maximum: 9 }, 'whole number, 0 to 9'],
  [{ type: 'number', maximum: 1.5 }, 'number, at most 1.5'],
  [{ type: 'number' }, 'number'],
  [{ type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 4 }, 'list of text, at least 1, at most 4'],
  [{ type: 'object' }, 'any object'],
  [{ type: 'object', properties: { a: {} } }, 'object'],
  [
    { type: 'object', additionalProperties: { type: 'integer' }, propertyNames: { $ref: '#/$defs/queueName' } },
    'map of queue name to whole number',
  ],
  [
    { type: 'object', additionalProperties: {}, propertyNames: { type: 'string', minLength: 2 }, minProperties: 1 },
    'map of text, at least 2 characters to any value, at least 1',
  ],
  [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'map of name to true or false'],
  [{ type: 'string', minLength: 1, maxLength: 20 }, 'text, at most 20 characters'],
  [{ $ref: '#/$defs/queueName' }, 'queue name, at most 9 characters'],
  [{ $ref: '#/$defs/nowhere' }, 'any value'],
  [{}, 'any value'],
])('%j is said as %s', (schema, said) => {
  expect(typeOf(language, schema)).toBe(said);
});

test('values are shown as they are written in a spec', () => {
  expect(show(['30s', 'a b', 'x: y', 5, true, null])).toBe('[30s, a b, "x: y", 5, true, null]');
  expect(show({ min: 1, of: { a: [] } })).toBe('{ min: 1, of: { a: [] } }');
  expect(examplesOf({ examples: ['5m', 2] })).toEqual(['5m', '2']);
  expect(examplesOf({ examples: 'none' })).toEqual([]);
});
