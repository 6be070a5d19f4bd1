import fc from 'fast-check';
import type { Json, JsonObject } from '../source.ts';

/** Schemas of all keywords, with references to one without: what goes on with itself would keep ajv busy for ever. */
export const { schema: taskSchema } = fc.letrec<{ schema: JsonObject; part: Json }>((tie) => {
  const value = fc.constantFrom<Json>(0, 1, 'a', 'b', null, true, [1], { a: 1 });
  const part = tie('part');
  const named = fc.dictionary(fc.constantFrom('a', 'b', 'c'), part, { maxKeys: 2, noNullPrototype: true });
  const list = fc.array(part, { minLength: 1, maxLength: 2 });
  const keywords: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    type: fc.constantFrom('object', 'array', 'string', 'integer'),
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$'), part, { maxKeys: 1, noNullPrototype: true }),
    additionalProperties: part,
    unevaluatedProperties: fc.boolean(),
    propertyNames: fc.constant({ maxLength: 1 }),
    required: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    minProperties: fc.constant(1),
    items: part,
    prefixItems: list,
    contains: fc.constantFrom({ type: 'integer' }, { enum: ['a'] }, false),
    uniqueItems: fc.boolean(),
    unevaluatedItems: fc.boolean(),
    anyOf: list,
    oneOf: list,
    allOf: list,
    not: part,
    if: part,
    then: part,
    else: part,
    dependentSchemas: fc.dictionary(fc.constantFrom('a'), part, { maxKeys: 1, noNullPrototype: true }),
    enum: fc.array(value, { minLength: 1, maxLength: 3 }),
    const: value,
    pattern: fc.constantFrom('^a', 'b+$', '.'),
    maxLength: fc.constant(2),
    minimum: fc.constant(1),
  };
  const entry = fc.oneof(...Object.entries(keywords).map(([keyword, of]) => fc.tuple(fc.constant(keyword), of)));
  return {
    schema: fc.array(entry, { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as JsonObject),
    part: fc.oneof({ maxDepth: 3 }, fc.boolean(), fc.constant({ $ref: '#/$defs/leaf' }), tie('schema'), tie('schema')),
  };
});
/** Of the schema that they refer to as `#/$defs/leaf`. */
export const leafSchema = fc.constantFrom<JsonObject>(
  { type: 'integer' },
  { required: ['a'] },
  { properties: { b: false } },
  {},
);

const key = fc.constantFrom('a', 'b', 'c', 'ab');
/** Values that such schemas take, now and then. */
export const { value: taskValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(0, 1, 2, 'a', 'b', 'abc', null, true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
