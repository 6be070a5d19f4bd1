import fc from 'fast-check';
import { TEXT_TESTS, type Expression } from '../expression.ts';

/** Conditions for property tests: any shape, and only those that CEL can evaluate too. */

const text = fc.string({ unit: 'binary', maxLength: 6 });
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);
const name = fc.oneof(fc.constantFrom('repo', 'in', '__proto__', 'a-b', 'constructor', "it's"), text);

function literal(value: fc.Arbitrary<string | number | boolean | null>): fc.Arbitrary<Expression> {
  return value.map((one): Expression => ({ op: 'literal', value: one }));
}

const path: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom('task', 'tenant', 'input', 'labels').map((root): Expression => ({ op: 'field', path: [root] })),
  name.map((below): Expression => ({ op: 'field', path: ['labels', below] })),
  fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((below): Expression => ({ op: 'field', path: ['input', ...below] })),
);

/** Anything the parser can yield. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    literal(fc.oneof(text, number, fc.boolean(), fc.constant(null))),
    path,
    fc.array(tie('node'), { maxLength: 3 }).map((items): Expression => ({ op: 'list', items })),
    tie('node').map((of): Expression => ({ op: 'not', of })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
      .map(([op, of]): Expression => ({ op, of })),
    fc
      .tuple(fc.constantFrom('==', '!=', '<', '<=', '>', '>=', 'in'), tie('node'), tie('node'))
      .map(([op, left, right]) => ({ op, left, right })),
    fc
      .constantFrom(['input', 'a'], ['labels', 'x'], ['input', 'a', 'b'])
      .map((below): Expression => ({ op: 'has', of: { op: 'field', path: below } })),
    tie('node').map((of): Expression => ({ op: 'size', of })),
    fc
      .tuple(fc.constantFrom(...TEXT_TESTS), tie('node'), tie('node'))
      .map(([op, of, argument]): Expression => ({ op, of, with: argument })),
  ),
})).node;

/** The task that `wellTyped` conditions are about: all their fields are present. */
export interface KnownInput {
  readonly s: string;
  readonly n: number;
  readonly b: boolean;
  readonly l: readonly string[];
  readonly m: { readonly deep: string };
}

/** Without U+E000 to U+FFFF: that library orders by UTF-16 code units, CEL and we by code points. */
const short = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '\u{1f600}'), maxLength: 3 });
const few = fc.constantFrom(-1, 0, 1, 1.5, 3);

export const knownInput: fc.Arbitrary<KnownInput> = fc.record(
  {
    s: short,
    n: few,
    b: fc.boolean(),
    l: fc.array(short, { maxLength: 3 }),
    m: fc.record({ deep: short }, { noNullPrototype: true }),
  },
  { noNullPrototype: true },
);

function field(...below: string[]): fc.Arbitrary<Expression> {
  return fc.constant({ op: 'field', path: ['input', ...below] });
}

const someText = fc.oneof(literal(short), field('s'), field('m', 'deep'));
const someList = fc.oneof(
  field('l'),
  fc.array(someText, { maxLength: 3 }).map((items): Expression => ({ op: 'list', items })),
);
const someNumber = fc.oneof(
  literal(few),
  field('n'),
  fc.oneof(someText, someList, field('m')).map((of): Expression => ({ op: 'size', of })),
);

function related(ops: readonly string[], left: fc.Arbitrary<Expression>, right: fc.Arbitrary<Expression>) {
  return fc.tuple(fc.constantFrom(...ops), left, right).map(([op, a, b]) => ({ op, left: a, right: b }) as Expression);
}

/**
 * Conditions without absent fields and without comparisons of different types, which CEL refuses to order.
 */
export const wellTyped: fc.Arbitrary<Expression> = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    related(['==', '!=', '<', '<=', '>', '>='], someText, someText),
    related(['==', '!=', '<', '<=', '>', '>='], someNumber, someNumber),
    related(['==', '!='], fc.oneof(someText, someNumber, someList), fc.oneof(someText, someNumber, someList)),
    related(['in'], someText, fc.oneof(someList, field('m'))),
    field('b'),
    literal(fc.boolean()),
    fc
      .constantFrom('s', 'nowhere')
      .map((below): Expression => ({ op: 'has', of: { op: 'field', path: ['input', below] } })),
    fc
      .tuple(fc.constantFrom(...TEXT_TESTS), someText, someText)
      .map(([op, of, argument]): Expression => ({ op, of, with: argument })),
    tie('condition').map((of): Expression => ({ op: 'not', of })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([op, of]): Expression => ({ op, of })),
  ),
})).condition;
