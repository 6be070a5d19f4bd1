import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../../spec/contract/expression-evaluate.ts';
import type { Expression } from '../../../spec/contract/expression.ts';
import type { JsonObject } from '../../../spec/contract/source.ts';
import type { Task } from '../../../spec/contract/task.ts';
import { condition } from '../testing/model.ts';
import { ask, touch } from './atoms.ts';
import type { QuestionMap } from './atoms.ts';
import { samples } from './samples.ts';
import type { Samples } from './samples.ts';

function asked(...texts: readonly string[]): QuestionMap {
  const questions: QuestionMap = new Map();
  for (const text of texts) ask(questions, condition(text).expression);
  return questions;
}

function inputs({ list }: Samples): unknown[] {
  return list.map((sample) => sample.task.input ?? null);
}

function object(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, required };
}

test('a task without questions is one task', () => {
  expect(samples('work', new Map(), [])).toEqual({
    list: [{ task: { task: 'work' }, made: new Set() }],
    complete: true,
  });
});

test('an enumeration gives its values, and absence unless the field is required', () => {
  const lang = { enum: ['nb', 'sv'] };
  expect(inputs(samples('work', asked("input.lang == 'nb'"), [object({ lang })]))).toEqual([
    { lang: 'nb' },
    { lang: 'sv' },
    null,
  ]);
  expect(inputs(samples('work', asked("input.lang == 'nb'"), [object({ lang }, ['lang'])]))).toEqual([
    { lang: 'nb' },
    { lang: 'sv' },
  ]);
});

test('a number gives itself and its neighbours, within the bounds of the schema', () => {
  const size = { type: 'integer', minimum: 1, maximum: 10 };
  expect(inputs(samples('work', asked('input.size > 3 && input.size <= 10'), [object({ size }, ['size'])]))).toEqual([
    { size: 3 },
    { size: 10 },
    { size: 2 },
    { size: 6 },
  ]);
  const wide = { type: 'number' };
  expect(inputs(samples('work', asked('input.size > 3'), [object({ size: wide }, ['size'])]))).toEqual([
    { size: 3 },
    { size: 2 },
    { size: 4 },
  ]);
});

test('text tests give a text for each combination that can hold', () => {
  const repo = { type: 'string' };
  const found = samples('work', asked("input.repo.startsWith('acme/') && !input.repo.endsWith('.git')"), [
    object({ repo }, ['repo']),
  ]);
  expect(inputs(found)).toEqual([{ repo: 'x' }, { repo: 'acme/x' }, { repo: 'x.git' }, { repo: 'acme/x.git' }]);
  expect(found.complete).toBe(true);
});

test('prefixes that exclude each other are never combined', () => {
  const repo = { type: 'string' };
  const found = samples('work', asked("input.repo.startsWith('a/') || input.repo.startsWith('b/')"), [
    object({ repo }, ['repo']),
  ]);
  expect(inputs(found)).toEqual([{ repo: 'x' }, { repo: 'a/x' }, { repo: 'b/x' }]);
});

test('members of a list give every combination', () => {
  const tags = { type: 'array' };
  const found = samples('work', asked("'a' in input.tags && !('b' in input.tags)"), [object({ tags }, ['tags'])]);
  expect(inputs(found)).toEqual([{ tags: [] }, { tags: ['a'] }, { tags: ['b'] }, { tags: ['a', 'b'] }]);
});

test('sizes give lists and texts around them', () => {
  const files = { type: 'array' };
  const found = samples('work', asked('size(input.files) > 1'), [object({ files }, ['files'])]);
  expect(inputs(found)).toEqual([{ files: [] }, { files: ['x'] }, { files: ['x', 'x'] }]);
  expect(found.complete).toBe(true);
});

test('labels and the tenant are texts, and may be missing', () => {
  const found = samples('work', asked("labels.channel == 'ci'", "tenant == 'acme'"), []);
  expect(found.list.map(({ task }) => task)).toEqual(
    ['ci', 'x', undefined]
      .flatMap((channel) =>
        ['acme', 'x', undefined].map((tenant) => ({
          task: 'work',
          ...(channel === undefined ? {} : { labels: { channel } }),
          ...(tenant === undefined ? {} : { tenant }),
        })),
      )
      .sort((a, b) => ['acme', 'x', undefined].indexOf(a.tenant) - ['acme', 'x', undefined].indexOf(b.tenant)),
  );
});

test('a value nobody wrote is marked as such', () => {
  const found = samples('work', asked("labels.channel == 'ci'"), []);
  expect(found.list.map(({ made }) => [...made])).toEqual([[], ['labels.channel'], ['labels.channel']]);
});

test('a field and one below it are put together', () => {
  const found = samples('work', asked("has(input.a) && input.a.b == 'x'"), [undefined]);
  expect(inputs(found)).toContainEqual({ a: { b: 'x' } });
  expect(inputs(found)).toContainEqual(null);
});

test('what is valid for one of several schemas is tried', () => {
  const one = object({ lang: { enum: ['nb'] } }, ['lang']);
  const two = object({ lang: { enum: ['sv'] } }, ['lang']);
  expect(inputs(samples('work', asked("input.lang == 'nb'"), [one, two]))).toEqual([{ lang: 'nb' }, { lang: 'sv' }]);
  expect(inputs(samples('work', asked("input.lang == 'nb'"), [one, undefined]))).toEqual([
    { lang: 'nb' },
    { lang: 'x' },
    null,
  ]);
});

test('a local reference is followed, and one in a circle restricts nothing', () => {
  const schema: JsonObject = {
    type: 'object',
    properties: {
      lang: { $ref: '#/$defs/lang' },
      loop: { $ref: '#/$defs/loop' },
      away: { $ref: 'https://example.com/x' },
    },
    required: ['lang'],
    $defs: { lang: { const: 'nb' }, loop: { $ref: '#/$defs/loop' } },
  };
  expect(inputs(samples('work', asked("input.lang == 'nb'"), [schema]))).toEqual([{ lang: 'nb' }]);
  expect(inputs(samples('work', asked("input.loop == 'a'"), [schema]))).toEqual([{ loop: 'a' }, { loop: 'x' }, null]);
  expect(inputs(samples('work', asked("input.away == 'a'"), [schema]))).toEqual([{ away: 'a' }, { away: 'x' }, null]);
});

test('with more combinations than allowed an even choice is tried, and nothing counts as proven', () => {
  const found = samples('work', asked('input.a && input.b && input.c'), [undefined], 5);
  expect(found.list).toHaveLength(5);
  expect(found.complete).toBe(false);
  expect(found).toEqual(samples('work', asked('input.a && input.b && input.c'), [undefined], 5));
});

test('what is not understood proves nothing', () => {
  for (const text of [
    'input.a == input.b',
    'input.a in [input.b]',
    'input.a.startsWith(input.b)',
    "input.a < 'm'",
    "input.a.contains('b') && size(input.a) == 3",
    "'x' in labels",
    'size(input) > 1',
    'size(input.a) > 1000',
    'has(input.a) == has(input.b)',
    '[input.a] == [1]',
    'size(input.a) == input.b',
    'size([input.a]) == 1',
    '(input.a == 1 || !input.b) == true',
    '(size(input.a) == 1) == has(input.b)',
    "input.a.startsWith('x') == input.b.endsWith('y')",
    "size(input.a) == 'x'",
    'input.a in input.b',
  ]) {
    expect([text, samples('work', asked(text), [undefined]).complete]).toEqual([text, false]);
  }
});

test('a question may be asked from either side', () => {
  const a = { type: 'integer' };
  const schema = object({ a, files: { type: 'array' } }, ['a', 'files']);
  expect(inputs(samples('work', asked('3 < input.a'), [schema]))).toEqual([{ a: 3 }, { a: 2 }, { a: 4 }]);
  expect(inputs(samples('work', asked('1 == size(input.files)'), [schema]))).toEqual([
    { files: [] },
    { files: ['x'] },
    { files: ['x', 'x'] },
  ]);
});

test('a test that can never hold asks nothing, and literals ask nothing', () => {
  expect(
    inputs(
      samples('work', asked('input.a < true', 'true', "input.a.contains('b') || false"), [
        object({ a: { type: 'string' } }, ['a']),
      ]),
    ),
  ).toEqual([{ a: 'x' }, { a: 'xbx' }]);
});

test('a filler is a character that no text has, even when all common ones are taken', () => {
  const all = 'xzqwkvjy0123456789~^|';
  const found = samples('work', asked(`input.a == '${all}'`), [object({ a: { type: 'string' } }, ['a'])]);
  expect(inputs(found)).toEqual([{ a: all }, { a: '\u2022' }]);
});

test('more values than are tried leave the choice open', () => {
  const many = { enum: Array.from({ length: 65 }, (_, index) => index) };
  const found = samples('work', asked('input.a == 1'), [object({ a: many }, ['a'])]);
  expect(found.list).toHaveLength(64);
  expect(found.complete).toBe(false);
});

test('types and bounds of several schemas are joined', () => {
  const one = object({ a: { type: 'integer', minimum: 1, maximum: 3 } }, ['a']);
  const two = object({ a: { type: ['integer', 'null'], minimum: 5, maximum: 6 } }, ['a']);
  expect(inputs(samples('work', asked('input.a > 4'), [one, two]))).toEqual([
    { a: 4 },
    { a: 3 },
    { a: 5 },
    { a: null },
  ]);
});

test('what a schema says in a way that is not read restricts nothing', () => {
  const odd: JsonObject = {
    type: 'object',
    properties: {
      deep: { type: 'object', properties: { er: true } },
      nowhere: { $ref: '#/$defs/none/at/all' },
      slash: { $ref: '#/$defs/a~1b' },
    },
    required: ['deep', 'slash'],
    $defs: { 'a/b': { const: 1 } },
  };
  expect(inputs(samples('work', asked("input.deep.er.more == 'a'"), [odd]))).toEqual([
    { deep: { er: { more: 'a' } } },
    { deep: { er: { more: 'x' } } },
    null,
  ]);
  expect(inputs(samples('work', asked("input.nowhere == 'a'"), [odd]))).toEqual([
    { nowhere: 'a' },
    { nowhere: 'x' },
    null,
  ]);
  expect(inputs(samples('work', asked('input.slash == 2'), [odd]))).toEqual([{ slash: 1 }]);
});

test('with too many text tests on one field only single ones are tried', () => {
  const text = Array.from({ length: 9 }, (_, index) => `input.a.contains('p${index}')`).join(' || ');
  const found = samples('work', asked(text), [object({ a: { type: 'string' } }, ['a'])]);
  expect(found.list).toHaveLength(10);
  expect(found.complete).toBe(false);
});

test('with too many members only single ones are tried', () => {
  const text = Array.from({ length: 7 }, (_, index) => `${index} in input.a`).join(' || ');
  const found = samples('work', asked(text), [object({ a: { type: 'array' } }, ['a'])]);
  expect(found.list).toHaveLength(8);
  expect(found.complete).toBe(false);
});

test('booleans, null and maps are tried where the schema has them', () => {
  const a = { type: ['boolean', 'null', 'object'] };
  expect(inputs(samples('work', asked('input.a'), [object({ a }, ['a'])]))).toEqual([
    { a: true },
    { a: false },
    { a: null },
    { a: {} },
  ]);
});

test('a field that is only read is tried with any value and without', () => {
  const questions: QuestionMap = new Map();
  touch(questions, ['input', 'lang']);
  expect(inputs(samples('work', questions, [undefined]))).toEqual([{ lang: 'x' }, null]);
});

const values = fc.oneof(
  fc.constantFrom('a', 'ab', 'abc', 'bca', 'x', '', 'zzz'),
  fc.integer({ min: -1, max: 6 }),
  fc.boolean(),
  fc.constant(null),
  fc.subarray(['a', 'b', 'q']),
);
const paths = fc.constantFrom('input.p', 'input.q', 'labels.l', 'tenant');
const tests = fc.oneof(
  fc
    .tuple(paths, fc.constantFrom('==', '!='), fc.constantFrom("'a'", "'abc'", '3', 'true', 'null'))
    .map((parts) => parts.join(' ')),
  fc
    .tuple(paths, fc.constantFrom('<', '<=', '>', '>='), fc.constantFrom('2', '3', '5'))
    .map((parts) => parts.join(' ')),
  fc
    .tuple(paths, fc.constantFrom('startsWith', 'endsWith', 'contains'), fc.constantFrom("'a'", "'bc'", "'ab'"))
    .map(([path, name, text]) => `${path}.${name}(${text})`),
  fc.constantFrom('has(input.p)', 'has(input.q)', 'has(labels.l)'),
  fc.tuple(paths, fc.constantFrom("['a', 3]", "['zzz']")).map(([path, list]) => `${path} in ${list}`),
  fc.tuple(fc.constantFrom("'a'", "'b'"), paths).map(([value, path]) => `${value} in ${path}`),
);

test('whatever a task is, a complete choice has one that answers every question alike', () => {
  const texts = fc.array(tests, { minLength: 1, maxLength: 5 });
  const task = fc.record(
    {
      input: fc.record({ p: values, q: values }, { requiredKeys: [] }),
      labels: fc.record({ l: fc.constantFrom('a', 'abc', 'w', '') }, { requiredKeys: [] }),
      tenant: fc.constantFrom('a', 'bc', 'n'),
    },
    { requiredKeys: [] },
  );
  let complete = 0;
  fc.assert(
    fc.property(texts, task, (written, body) => {
      const expressions = written.map((text) => condition(text).expression);
      const found = samples('work', asked(...written), [undefined], 50_000);
      if (!found.complete) return;
      complete++;
      const answers = (one: Task) => expressions.map((each: Expression) => evaluate(each, one)).join();
      const wanted = answers({ task: 'work', ...body });
      expect(found.list.some((sample) => answers(sample.task) === wanted)).toBe(true);
    }),
    { numRuns: 400 },
  );
  expect(complete).toBeGreaterThan(100);
});

test('a text that must contain nothing at all stands for any text', () => {
  const a = { type: 'string' };
  const found = inputs(samples('work', asked("input.a.contains('')"), [object({ a }, ['a'])]));
  expect(found).toEqual([{ a: 'x' }, { a: 'xx' }]);
});

test('a text is never tested against a number', () => {
  const map: QuestionMap = new Map();
  const of = { op: 'field', path: ['input', 'a'] } as const;
  ask(map, { op: 'startsWith', of, with: { op: 'literal', value: 1 } });
  expect([...(map.get('input.a')?.prefixes ?? ['none'])]).toEqual([]);
});
