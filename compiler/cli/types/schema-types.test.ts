import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { valueCheck } from '../../../spec/contract/task-schema/value-check.ts';
import { leafSchema, taskSchema, taskValue } from '../../../spec/contract/testing/task-schemas.ts';
import { typeErrors } from '../testing/typescript.ts';
import { SchemaTypes } from './schema-types.ts';

/** A block that declares the type of a schema and says of each value whether it has it. */
function block(schema: JsonObject, values: readonly Json[], areWrong: (value: Json) => boolean): string {
  const types = new SchemaTypes();
  types.nameOf(schema, 'T', 'output');
  const lines = values.map((value, index) => {
    const expected = areWrong(value) ? '// @ts-expect-error\n' : '';
    return `${expected}const v${index}: T = ${JSON.stringify(value)};\n`;
  });
  return `{\n${types.declarations().join('\n')}\n${lines.join('')}}\n`;
}

function declared(schema: JsonObject, side: 'input' | 'output' = 'output'): string {
  const types = new SchemaTypes();
  types.nameOf(schema, 'T', side);
  return types.declarations().join('\n').replace(/\s+/g, ' ');
}

test.for<[schema: JsonObject, type: string]>([
  [{}, 'unknown'],
  [{ not: {} }, 'unknown'],
  [{ type: 'integer' }, 'number'],
  [{ type: ['string', 'null'], description: 'Its name.' }, '/** Its name. */ null | string'],
  [{ type: 'string', enum: ['a', 1, null, -2.5] }, '"a"'],
  [{ enum: ['a', null, [1], { b: true }, {}] }, EVERY_LITERAL()],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, 'ReadonlyArray<"a" | "b">'],
  [{ type: 'array', items: { type: 'array' } }, 'ReadonlyArray<ReadonlyArray<unknown>>'],
  [
    { type: 'array', prefixItems: [{ type: 'string' }, { enum: [1, 2] }], minItems: 1 },
    'readonly [string, (1 | 2)?, ...ReadonlyArray<unknown>]',
  ],
  [{ type: 'array', prefixItems: [{ type: 'string' }], items: false, minItems: 1 }, 'readonly [string]'],
  [{ type: 'object' }, '{ readonly [field: string]: unknown; }'],
  [{ type: 'object', additionalProperties: false }, '{ readonly [field: string]: never; }'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, '{ readonly [field: string]: number; }'],
  [
    { type: 'object', required: ['a'], properties: { a: { type: 'string' }, 'b-c': false } },
    '{ readonly a: string; readonly "b-c"?: never; readonly [field: string]: unknown; }',
  ],
  [
    { type: 'object', properties: { a: { type: 'string', deprecated: true } }, unevaluatedProperties: false },
    '{ /** @deprecated */ readonly a?: string; }',
  ],
  [
    { type: 'object', oneOf: [closed({ a: { type: 'string' } }), closed({ b: { type: 'number' } })] },
    '{ readonly a?: string; } | { readonly b?: number; }',
  ],
  [
    { allOf: [{ $ref: '#/$defs/one-of' }, { type: 'string' }], $defs: { 'one-of': { enum: ['a', 'b'] } } },
    'TOneOf & string; type TOneOf = "a" | "b"',
  ],
  [{ type: 'object', properties: { next: { $ref: '#' } }, additionalProperties: false }, '{ readonly next?: T; }'],
])('%j is %s', ([schema, type]) => {
  const [, comment = '', rest = ''] = /^(\/\*\*.*?\*\/ )?(.*)$/.exec(type) ?? [];
  expect(declared(schema)).toBe(`${comment}type T = ${rest};`);
});

function EVERY_LITERAL(): string {
  return '"a" | null | readonly [1] | { readonly b: true } | { readonly [field: string]: never }';
}

function closed(properties: JsonObject): JsonObject {
  return { properties, additionalProperties: false };
}

test('an input is an object, whether or not its schema says so; what its schema refers to need not be', () => {
  expect(declared({ required: ['a'] }, 'input')).toBe(
    'type T = { readonly a: unknown; readonly [field: string]: unknown; };',
  );
  expect(declared({ properties: { up: { $ref: '#' } } }, 'input')).toBe(
    'type T = { readonly up?: T2; readonly [field: string]: unknown; }; ' +
      'type T2 = null | boolean | number | string | ReadonlyArray<unknown> | ' +
      '{ readonly up?: T2; readonly [field: string]: unknown; };',
  );
});

test('a value that a schema takes has its type, whatever both are', { timeout: 120_000 }, () => {
  let values = 0;
  const all = fc.array(fc.tuple(taskSchema, leafSchema, fc.array(taskValue, { minLength: 10, maxLength: 20 })), {
    minLength: 400,
    maxLength: 400,
  });
  const check = (cases: readonly (readonly [JsonObject, JsonObject, Json[]])[]): void => {
    const blocks = cases.map(([top, leaf, drawn]) => {
      const schema = { ...top, $defs: { leaf } };
      const fitting = drawn.filter((value) => valueCheck(schema)(value).length === 0);
      values += fitting.length;
      return block(schema, fitting, () => false);
    });
    const text = blocks.join('');
    expect(typeErrors(text).map((error) => `${error}\n${text.split('\n')[lineOf(error) - 1]}`)).toEqual([]);
  };
  fc.assert(fc.property(all, check), { numRuns: 1, endOnFailure: true });
  expect(values).toBeGreaterThan(1000);
});

function lineOf(error: string): number {
  return Number(/\((\d+),/.exec(error)?.[1]);
}

/** Schemas that a type can say whole, and values near them. */
const { plain } = fc.letrec<{ plain: JsonObject }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonObject>({ type: 'string' }, { type: ['number', 'null'] }, { enum: ['a', 1] }, { const: true }),
    fc
      .tuple(fc.dictionary(fc.constantFrom('a', 'b', '*/ "'), tie('plain'), { maxKeys: 2, noNullPrototype: true }))
      .chain(([properties]) =>
        fc.subarray(Object.keys(properties)).map((required) => ({
          ...{ type: 'object', properties, required, additionalProperties: false },
        })),
      ),
    tie('plain').map((items) => ({ type: 'array', items })),
    tie('plain').map((others) => ({ type: 'object', additionalProperties: others })),
    fc
      .array(tie('plain'), { minLength: 1, maxLength: 2 })
      .chain((prefixItems) =>
        fc.nat(prefixItems.length).map((minItems) => ({ type: 'array', prefixItems, minItems, items: false })),
      ),
  ),
}));

const { near } = fc.letrec<{ near: Json }>((tie) => ({
  near: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>('a', 'b', 1, 2, true, null),
    fc.array(tie('near'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', '*/ "'), tie('near'), { maxKeys: 2, noNullPrototype: true }),
  ),
}));

test('where types can say all of a schema, they refuse every value that it refuses', { timeout: 120_000 }, () => {
  const verdicts = { fits: 0, faults: 0 };
  const all = fc.array(fc.tuple(plain, fc.array(near, { minLength: 10, maxLength: 20 })), {
    minLength: 300,
    maxLength: 300,
  });
  const check = (cases: readonly (readonly [JsonObject, Json[]])[]): void => {
    const blocks = cases.map(([schema, values]) => {
      const fits = valueCheck(schema);
      return block(schema, values, (value) => {
        const isWrong = fits(value).length > 0;
        verdicts[isWrong ? 'faults' : 'fits'] += 1;
        return isWrong;
      });
    });
    const text = blocks.join('');
    expect(typeErrors(text).map((error) => `${error}\n${text.split('\n')[lineOf(error)]}`)).toEqual([]);
  };
  fc.assert(fc.property(all, check), { numRuns: 1, endOnFailure: true });
  expect(verdicts.fits).toBeGreaterThan(200);
  expect(verdicts.faults).toBeGreaterThan(1000);
});

const HOSTILE = [
  ...['*/ import("x") /*', '@ts-expect-error', ' * @ts-ignore', 'a\n*/\nlet x = 1;\n/*', '// @ts-nocheck', '\u2028*/x'],
  ...['__proto__', 'constructor', '"; let y: string = 1; "', '`${1}`', '\\', '\ud800', '\u202e', ''],
];

test('no text of a schema gets out of its place', () => {
  const blocks = HOSTILE.map((text) => {
    const properties = JSON.parse(
      `{${JSON.stringify(text)}: ${JSON.stringify({ const: text, description: text })}}`,
    ) as Json;
    const $defs = JSON.parse(`{${JSON.stringify(text)}: ${JSON.stringify({ enum: [text] })}}`) as JsonObject;
    const ref = `#/$defs/${text.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const schema = { type: 'object', title: text, properties, required: [text, 'ref'], $defs } as JsonObject;
    const whole = {
      ...schema,
      properties: { ...(properties as JsonObject), ref: { $ref: ref } },
      additionalProperties: false,
    };
    const value = `{${JSON.stringify(text)}: ${JSON.stringify(text)}, ref: ${JSON.stringify(text)}}`;
    const types = new SchemaTypes();
    types.nameOf(whole, 'T', 'input');
    return `{\n${types.declarations().join('\n')}\nconst v: T = ${value};\n// @ts-expect-error\nconst w: T = { "other": 1 };\n}\n`;
  });
  expect(typeErrors(blocks.join(''))).toEqual([]);
});

test('schemas that lead to each other become types that do', () => {
  const node = {
    type: 'object',
    required: ['left'],
    properties: { left: { $ref: '#/$defs/tree' }, right: { anyOf: [{ $ref: '#/$defs/tree' }, { type: 'null' }] } },
    additionalProperties: false,
  };
  const tree = {
    anyOf: [{ $ref: '#/$defs/node' }, { type: 'array', items: { $ref: '#/$defs/tree' } }, { type: 'string' }],
  };
  const schema: JsonObject = { $ref: '#/$defs/tree', $defs: { tree, node } };
  const values: readonly Json[] = [
    'a',
    [['b'], { left: 'c' }],
    { left: { left: ['d'] }, right: null },
    { right: 'a' },
    [1],
  ];
  const isWrong = (value: Json): boolean => valueCheck(schema)(value).length > 0;
  expect(values.map(isWrong)).toEqual([false, false, false, true, true]);
  expect(typeErrors(block(schema, values, isWrong))).toEqual([]);
});
