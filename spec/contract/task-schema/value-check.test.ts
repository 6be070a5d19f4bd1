import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../source.ts';
import { leafSchema, taskSchema, taskValue } from '../testing/task-schemas.ts';
import { valueCheck } from './value-check.ts';

const TOO_MUCH_WORK = [
  {
    pointer: '',
    detail: 'takes more work to check against the schema than one value may: make it smaller, or less deep',
  },
];

/** A chain of so many values inside each other. */
function chain(levels: number, rest: JsonObject): JsonObject {
  let value: JsonObject = rest;
  for (let level = 0; level < levels; level++) value = { next: value, ...rest };
  return value;
}

/** A node whose branches all go on with the node. */
function branching(...branches: readonly JsonObject[]): JsonObject {
  const next = { $ref: '#/$defs/node' };
  const anyOf = branches.map((properties) => ({ properties: { next, ...properties } }));
  return { $ref: '#/$defs/node', $defs: { node: { type: 'object', anyOf } } };
}

test('a value whose check would double with each level is refused, and a shallow one is judged', () => {
  const check = valueCheck(branching({ kind: { enum: [1] } }, { kind: { enum: [2] } }));
  expect(check(chain(6, { kind: 2 }))).toEqual([]);
  expect(check(chain(3, { kind: 3 }))[0]).toEqual({ pointer: '/next/next/next/kind', detail: 'must be 1' });
  expect(check(chain(31, { kind: 3 }))).toEqual(TOO_MUCH_WORK);
});

test.for<[about: string, schema: JsonObject, value: Json]>([
  [
    'choices of which one must fit',
    { $defs: { n: { oneOf: [next(), next()] } }, $ref: '#/$defs/n' },
    chain(31, { x: 1 }),
  ],
  ['schemas that lead to each other for ever', { $defs: { a: ref('b'), b: ref('a') }, $ref: '#/$defs/a' }, 1],
  ['references that fan out without going into the value', fanOut(24), 'text'],
  [
    'fields that are gathered over branches',
    { ...branching({}, {}), unevaluatedProperties: false },
    chain(31, { x: 1 }),
  ],
])('%s cost what they cost, and no more', ([, schema, value]) => {
  expect(valueCheck(schema)(value)).toEqual(TOO_MUCH_WORK);
});

function next(): JsonObject {
  return { properties: { next: ref('n') }, required: ['next'] };
}

function ref(name: string): JsonObject {
  return { $ref: `#/$defs/${name}` };
}

/** Each schema asks the next one twice. */
function fanOut(layers: number): JsonObject {
  const $defs: Record<string, Json> = { [`l${layers}`]: { type: 'number' } };
  for (let layer = 0; layer < layers; layer++) {
    $defs[`l${layer}`] = { not: { not: { anyOf: [ref(`l${layer + 1}`), ref(`l${layer + 1}`)] } } };
  }
  return { $defs, $ref: '#/$defs/l0' };
}

test('a tree of tagged kinds is judged to any depth: the branch of another kind is left at its tag', () => {
  const kinds = ['and', 'or', 'not', 'all', 'any'].map((op) => ({
    required: ['op', 'args'],
    properties: { op: { const: op }, args: { type: 'array', items: ref('term') } },
  }));
  const check = valueCheck({ $ref: '#/$defs/term', $defs: { term: { type: 'object', anyOf: kinds } } });
  const tree = (levels: number, leaf: string): JsonObject =>
    levels === 0 ? { op: leaf, args: [] } : { op: 'any', args: [tree(levels - 1, leaf), tree(levels - 1, leaf)] };
  expect(check(tree(9, 'not'))).toEqual([]);
  expect(check(tree(9, 'nor'))).not.toEqual([]);
});

test('a long text costs a pattern its length and not its square', () => {
  const check = valueCheck({ type: 'string', pattern: '^\\S+@\\S+$' });
  expect(check('someone@example.com')).toEqual([]);
  expect(check('@'.repeat(65_000) + ' ')).toEqual([{ pointer: '', detail: 'must match pattern "^\\S+@\\S+$"' }]);
});

test('a pattern of many states is not run on a text that is too long for it', () => {
  const check = valueCheck({ type: 'string', pattern: '^[ab]{1,900}c$' });
  expect(check(`${'ab'.repeat(400)}c`)).toEqual([]);
  expect(check('ab'.repeat(30_000))).toEqual(TOO_MUCH_WORK);
});

test('items are different when their text is', () => {
  const check = valueCheck({ type: 'array', uniqueItems: true });
  expect(check([1, '1', [1], { a: 1, b: 2 }, null, true])).toEqual([]);
  expect(check([{ a: 1, b: 2 }, 3, { b: 2, a: 1 }])).toEqual([
    { pointer: '', detail: 'must NOT have duplicate items (items ## 0 and 2 are identical)' },
  ]);
  expect(check(Array.from({ length: 8000 }, (_, index) => [index]))).toEqual([]);
  expect(valueCheck({ uniqueItems: false })([1, 1])).toEqual([]);
});

test('a flat value as large as a task may be is no work', () => {
  const item = { type: 'object', required: ['a'], additionalProperties: false, properties: { a: { type: 'integer' } } };
  const check = valueCheck({ type: 'array', items: { anyOf: [{ type: 'string' }, item] } });
  expect(check(Array.from({ length: 9000 }, () => ({ a: 1 })))).toEqual([]);
});

test('what is wrong is named with what it may be, at most ten times', () => {
  const check = valueCheck({
    type: 'object',
    additionalProperties: false,
    properties: { level: { enum: ['low', 'high'] }, other: { enum: ['x'.repeat(100)] } },
  });
  expect(check({ level: 'mid', other: 1, 'a/b~c': 1, ['y'.repeat(200)]: 1 })).toEqual([
    { pointer: '/level', detail: 'must be one of "low", "high"' },
    { pointer: '/other', detail: 'must be one of the values that the schema lists' },
    { pointer: '/a~1b~0c', detail: 'there is no such field' },
    { pointer: `/${'y'.repeat(100)}…`, detail: 'there is no such field' },
  ]);
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, 1]));
  expect(check(many)).toHaveLength(10);
});

test('a pattern that cannot run in linear time makes no check', () => {
  expect(() => valueCheck({ pattern: '\\p{Script=Greek}' })('x')).toThrow('that is no general category');
});

test('fields that no branch has looked at are found where ajv breaks down', () => {
  const oneOf = [{ oneOf: [{ additionalProperties: false }, true] }];
  const check = valueCheck({ patternProperties: { '^a': true }, oneOf, unevaluatedProperties: false });
  expect(check({ a: 1 })).toEqual([]);
  expect(check({ a: 1, b: 2 })).toEqual([{ pointer: '/b', detail: 'there is no such field' }]);
});

test('an item counts as looked at where `contains` takes it, and an empty list contains nothing', () => {
  const check = valueCheck({ contains: { type: 'integer' }, minContains: 0, unevaluatedItems: { type: 'string' } });
  expect([check([1, 'a', 2]), check([null])]).toEqual([[], [{ pointer: '/0', detail: 'must be string' }]]);
  expect(valueCheck({ contains: {} })([])).toEqual([{ pointer: '', detail: 'must contain at least 1 valid item(s)' }]);
});

test('a schema of thousands of parts is ready at once, and costs what a value asks of it', () => {
  const parts = (count: number) => Array.from({ length: count }, (_, at) => [`p${at}`, { enum: ['a', at] }] as const);
  const wide = valueCheck({ properties: Object.fromEntries(parts(4000)) });
  expect(wide({ p3999: 'a', p1: 2 })).toEqual([{ pointer: '/p1', detail: 'must be one of "a", 1' }]);
  const ring = parts(5000).map(([name], at) => [name, { properties: { x: ref(`p${(at + 1) % 5000}`) } }] as const);
  expect(valueCheck({ ...ref('p0'), $defs: Object.fromEntries(ring) })({ x: { x: 1 } })).toEqual([]);
  expect(valueCheck({ anyOf: parts(4000).map(([name]) => ({ const: name })) })('p3999')).toEqual([]);
});

const plain = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false, logger: false });

test('every verdict is that of ajv by itself', () => {
  const verdicts = { fits: 0, faults: 0 };
  fc.assert(
    fc.property(taskSchema, leafSchema, fc.array(taskValue, { minLength: 5, maxLength: 10 }), (top, other, values) => {
      const whole = { ...top, $defs: { leaf: other } };
      const text = JSON.stringify(whole);
      // ajv 8 counts all items as looked at beside `contains`, and takes an empty list beside `prefixItems`.
      fc.pre(!(text.includes('"contains"') && /"(?:unevaluated|prefix)Items"/.test(text)));
      const check = valueCheck(whole);
      // What it gathers where nobody asks for it makes ajv throw.
      plain.opts.unevaluated = text.includes('unevaluated');
      const alone = plain.compile(whole);
      for (const one of values) {
        const verdict = verdictOf(alone, one);
        if (verdict === undefined) continue;
        expect([whole, one, check(one).length === 0]).toEqual([whole, one, verdict]);
        verdicts[verdict ? 'fits' : 'faults'] += 1;
      }
    }),
    { numRuns: 600 },
  );
  expect(verdicts.fits).toBeGreaterThan(200);
  expect(verdicts.faults).toBeGreaterThan(200);
});

/** Nothing where ajv throws. */
function verdictOf(validate: ValidateFunction, value: Json): boolean | undefined {
  try {
    return validate(value);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
