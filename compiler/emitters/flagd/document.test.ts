import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printExpression } from '../../../spec/contract/expression-print.ts';
import type { Expression } from '../../../spec/contract/expression.ts';
import type { Task } from '../../../spec/contract/task.ts';
import { fleet } from '../../check/testing/model.ts';
import { decidingRule, unaskable } from '../../core/flags.ts';
import type { FlagModel, FlagRule } from '../../core/model.ts';
import { flagDocument } from './document.ts';
import { answer, flagd } from './testing/flagd.ts';

const at = fleet('eng/fixer').at;

function flagOf(some: Partial<FlagModel>): FlagModel {
  const variants = new Map<string, boolean | number | string>([
    ['no', false],
    ['yes', true],
  ]);
  return { owner: 'acme/eng', expires: '2027-01-01', variants, default: 'no', rules: [], ...some };
}

function rule(expression: Expression, index = 0, serve = 'yes'): FlagRule {
  return { where: { text: printExpression(expression), expression, at }, split: [[serve, 1]], by: 'tenant', index };
}

function textOf(flag: FlagModel): string {
  return JSON.stringify(flagDocument(fleet('eng/fixer', { flags: new Map([['flag', flag]]) }), (value) => value));
}

/** Texts that mean something in JsonLogic, in JSON, in flagd or in the code that its engine makes. */
const hostile = fc.oneof(
  fc.constantFrom(
    ...['{"var":"tenant"}', '$ref', '{"$ref":"x"}', '"}]}', '\\', '\u2028', '`${1}`', "'+x+'", '__proto__', '$flagd'],
    ...['constructor', '', '0', 'null', 'true', '\n', '*/', '//', '\0', '\ud800', 'é', '%s', '{{tenant}}'],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
);
const scalar = fc.oneof(hostile, fc.integer({ min: -5, max: 5 }), fc.boolean(), fc.constantFrom(0.5, -0.25, 1e9));
/** No path leads through a text or a number: there the reading engine says what stands before, if that is 0 or ''. */
const PATHS = [
  ['tenant'],
  ['task'],
  ['labels', 'channel'],
  ['labels', 'a-b'],
  ['input', 'lang'],
  ['input', 'deep', 'er'],
  ['input', 'if'],
  ['input', 'push'],
  ['input', 'toString'],
  ['input', 'constructor'],
];
const path = fc.constantFrom(...PATHS);
const field = path.map((names): Expression => ({ op: 'field', path: names }));
const literal = scalar.map((value): Expression => ({ op: 'literal', value }));

const { condition } = fc.letrec<{ condition: Expression }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc
      .tuple(fc.constantFrom('==' as const, '!=' as const), field, literal, fc.boolean())
      .map(([op, left, right, turned]): Expression =>
        turned ? { op, left: right, right: left } : { op, left, right },
      ),
    fc
      .tuple(field, fc.array(literal, { maxLength: 3 }))
      .map(([left, items]): Expression => ({ op: 'in', left, right: { op: 'list', items } })),
    fc
      .tuple(fc.constantFrom('startsWith' as const, 'endsWith' as const), field, hostile)
      .filter(([, , text]) => text !== '')
      .map(([op, of, text]): Expression => ({ op, of, with: { op: 'literal', value: text } })),
    field.map((of): Expression => ({ op: 'has', of })),
    field,
    tie('condition').map((of): Expression => ({ op: 'not', of })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('condition'), { minLength: 2, maxLength: 3 }))
      .map(([op, of]): Expression => ({ op, of })),
  ),
}));

/** Every literal text of a condition: tasks are made of them, so that conditions hold now and then. */
function textsOf(expression: Expression): readonly string[] {
  return [...JSON.stringify(expression).matchAll(/"value":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  );
}

function taskOf(texts: readonly string[]): fc.Arbitrary<Task> {
  const near = texts.length === 0 ? hostile : fc.constantFrom(...texts, ...texts.map((text) => `${text}x`));
  const some = fc.option(fc.oneof(near, hostile), { nil: undefined });
  const value = fc.oneof(near, scalar, fc.array(scalar, { maxLength: 2 }), fc.constant(undefined));
  return fc
    .record({
      task: fc.oneof(near, fc.constant('work')),
      tenant: some,
      labels: fc.record({ channel: some, 'a-b': some }, { requiredKeys: [] }),
      input: fc.record({ lang: value, deep: fc.record({ er: value }), if: value, push: value }, { requiredKeys: [] }),
    })
    .map((task) => JSON.parse(JSON.stringify(task)) as Task);
}

test.each([
  ['as code that its engine makes', true],
  ['as its engine reads it', false],
])('flagd decides as our own evaluation does, whatever texts a condition and a task hold: %s', (_, isCompiled) => {
  const seen = new Set<string>();
  const cases = fc
    .tuple(condition, condition)
    .chain((both) =>
      fc.tuple(fc.constant(both), fc.array(taskOf(both.flatMap(textsOf)), { minLength: 1, maxLength: 5 })),
    );
  fc.assert(
    fc.property(cases, ([[first, second], tasks]) => {
      expect(unaskable(first) ?? unaskable(second)).toBe(undefined);
      const variants = new Map([
        ['a', 'A'],
        ['b', 'B'],
        ['c', 'C'],
      ]);
      const flag = flagOf({ variants, default: 'c', rules: [rule(first, 0, 'a'), rule(second, 1, 'b')] });
      const core = flagd(textOf(flag), isCompiled);
      for (const task of tasks) {
        const variant = decidingRule(flag, task)?.split[0]?.[0] ?? 'c';
        seen.add(variant);
        expect(answer(core, 'flag', task)).toEqual({ variant, value: variant.toUpperCase() });
      }
    }),
    { numRuns: 1000 },
  );
  expect([...seen].sort()).toEqual(['a', 'b', 'c']);
});

test('what an agent gets is the very text of the spec', () => {
  fc.assert(
    fc.property(hostile, hostile, (yes, no) => {
      const variants = new Map([
        ['no', no],
        ['yes', yes],
      ]);
      const core = flagd(textOf(flagOf({ variants, description: no, rules: [rule({ op: 'has', of: PATH })] })));
      expect(answer(core, 'flag', { task: 'work', tenant: 'acme' })).toEqual({ variant: 'yes', value: yes });
      expect(answer(core, 'flag', { task: 'work' })).toEqual({ variant: 'no', value: no });
    }),
    { numRuns: 1000 },
  );
});
const PATH: Expression = { op: 'field', path: ['tenant'] };

test('a split gives shares by weight, the same to tasks that agree in the key, and the default to those without it', () => {
  const split = [
    ['no', 90],
    ['yes', 10],
  ] as const;
  const core = flagd(textOf(flagOf({ rules: [{ split, by: 'labels.customer', index: 0 }] })));
  const variantOf = (labels: Task['labels'] & object) => answer(core, 'flag', { task: 'work', labels }).variant;
  const given = Array.from({ length: 2000 }, (_, index) => variantOf({ customer: `c-${index}` }));
  const share = given.filter((variant) => variant === 'yes').length / given.length;
  expect(share).toBeGreaterThan(0.08);
  expect(share).toBeLessThan(0.12);
  expect(given).toEqual(Array.from({ length: 2000 }, (_, index) => variantOf({ customer: `c-${index}`, more: 'x' })));
  expect(variantOf({})).toBe('no');
});

test('two flags do not split the same tasks', () => {
  const flags = new Map(
    ['one', 'two'].map((name) => {
      const rules: FlagRule[] = [{ split: [['no', 1], ['yes', 1]], by: 'tenant', index: 0 }]; // prettier-ignore
      return [name, flagOf({ rules })] as const;
    }),
  );
  const core = flagd(JSON.stringify(flagDocument(fleet('eng/fixer', { flags }), (value) => value)));
  const alike = Array.from({ length: 1000 }, (_, index) => {
    const task = { task: 'work', tenant: `t-${index}` };
    return answer(core, 'one', task).variant === answer(core, 'two', task).variant;
  });
  const share = alike.filter(Boolean).length / alike.length;
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

test('what flagd would not take is refused by the test itself', () => {
  const text = textOf(flagOf({}));
  expect(() => flagd(text)).not.toThrow();
  expect(() => flagd(text.replace('ENABLED', 'ON'))).toThrow('must be equal to one of the allowed values');
  expect(() => flagd(text.replace('"defaultVariant"', '"targeting":{"is":["a","b"]},"defaultVariant"'))).toThrow(
    'must match',
  );
});
