import { run } from '@bufbuild/cel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from './expression-evaluate.ts';
import { parseExpression } from './expression-parser.ts';
import { printExpression } from './expression-print.ts';
import type { Json } from './source.ts';
import type { Task } from './task.ts';
import { anyExpression, knownInput, wellTyped } from './testing/expressions.ts';

const TASK: Task = {
  task: 'bug_fix',
  tenant: 'acme',
  labels: { channel: 'chat', 'a-b': 'x' },
  input: { repo: 'acme/web', severity: 3, urgent: true, none: null, tags: ['ui', 'db'], at: { line: 7 } },
};

function holds(text: string, task: Task = TASK): boolean {
  const parsed = parseExpression(text);
  if ('kind' in parsed) throw new Error(parsed.message);
  return evaluate(parsed.expression, task);
}

test.each([
  "task == 'bug_fix' && tenant == 'acme'",
  "labels.channel == 'chat'",
  "labels['a-b'] == 'x'",
  "'a-b' in labels",
  "input.repo.startsWith('acme/')",
  "input.repo.endsWith('web') && input.repo.contains('/')",
  'input.severity >= 3 && input.severity < 4.5',
  'input.severity != 4',
  "input.severity != 'three'",
  'input.urgent',
  'input.none == null',
  'has(input.none) && has(input.at.line) && !has(input.nothing)',
  "'ui' in input.tags && !('api' in input.tags)",
  "input.repo in ['acme/api', 'acme/web']",
  "input.tags == ['ui', 'db']",
  "size(input.tags) == 2 && size(input.repo) == 8 && size(input.at) == 1 && size('\\U0001f600') == 1",
  'input.at == input.at',
  "'a' < 'b' && 'a' <= 'a' && 'b' > 'a' && 'a' < 'aa'",
  "'\\uffee' < '\\U0001f600'",
])('%s holds', (text) => {
  expect(holds(text)).toBe(true);
});

test.each([
  ["input.nothing == 'x'", 'an absent field'],
  ["input.nothing != 'x'", 'an absent field, also with !='],
  ["input.repo.nothing == 'x'", 'a field below a string'],
  ['input.tags.length == 2', 'a field below a list'],
  ["input.severity < 'x'", 'an order between a number and a string'],
  ['input.urgent < true', 'an order between booleans'],
  ["input.severity.startsWith('3')", 'a text test of a number'],
  ['input.repo.startsWith(input.nothing)', 'a text test with an absent field'],
  ['size(input.severity) == 1', 'the size of a number'],
  ["input.nothing in ['x']", 'an absent field in a list'],
  ['input.severity in input.at', 'a number among the keys of a map'],
  ["'x' in input.repo", 'a string in a string'],
  ["input.tags == ['ui', input.nothing]", 'a list with an absent part'],
  ["input.tags == ['ui']", 'lists of different lengths'],
  ['input.at == input.tags', 'a map and a list'],
  ['input.repo', 'a string as a condition'],
  ['size(input.tags)', 'a number as a condition'],
  ['[true]', 'a list as a condition'],
  ["has(input.constructor) || 'toString' in input || input.__proto__ == null", 'what comes from a prototype'],
])('%s does not hold: %s', (text) => {
  expect(holds(text)).toBe(false);
});

test('a task without labels, tenant and input is only a type', () => {
  const bare: Task = { task: 'x' };
  expect(holds("task == 'x'", bare)).toBe(true);
  expect(holds("tenant == '' || labels.a == '' || has(input.a) || size(labels) == 0", bare)).toBe(false);
});

test('maps are equal when they have the same fields with equal values', () => {
  const input = { a: { x: [1] }, b: { x: [1] }, c: { x: [2] }, d: { y: [1] }, e: {} };
  expect(holds('input.a == input.b', { task: 'x', input })).toBe(true);
  expect(['c', 'd', 'e'].filter((name) => holds(`input.a == input.${name}`, { task: 'x', input }))).toEqual([]);
});

test('values that are too large or too deep to compare are not equal', () => {
  const wide = Array.from({ length: 20_000 }, () => 1);
  const deep = () => JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as Json;
  const input = { wide, other: [...wide], deep: deep(), same: deep() };
  expect(holds('input.wide == input.other || input.deep == input.same', { task: 'x', input })).toBe(false);
});

test('CEL comes to the same verdict wherever it has one', () => {
  fc.assert(
    fc.property(wellTyped, knownInput, (expression, input) => {
      const text = printExpression(expression);
      const verdict = run(text, { input: input as never });
      expect([text, verdict]).toEqual([text, evaluate(expression, { task: 'x', input: { ...input } })]);
    }),
    { numRuns: 1000 },
  );
});

test('no condition throws, whatever the task is made of', () => {
  fc.assert(
    fc.property(anyExpression, fc.anything({ withNullPrototype: true, maxDepth: 3 }), (expression, value) => {
      const hostile = { task: value, tenant: value, labels: value, input: value } as unknown as Task;
      expect(typeof evaluate(expression, hostile)).toBe('boolean');
    }),
    { numRuns: 1000 },
  );
});
