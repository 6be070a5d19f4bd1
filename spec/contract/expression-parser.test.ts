import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression } from './expression.ts';
import { parseExpression } from './expression-parser.ts';
import { printExpression } from './expression-print.ts';
import { anyExpression } from './testing/expressions.ts';

function parsed(text: string): Expression {
  const result = parseExpression(text);
  if ('kind' in result) throw new Error(`${result.message} at ${result.offset}`);
  return result.expression;
}

/** The text, a line of carets below it, then the message and the hint: as a person would see it. */
function problemOf(text: string): string {
  const result = parseExpression(text);
  if (!('kind' in result)) return 'no problem';
  const carets = ' '.repeat(result.offset) + '^'.repeat(result.length);
  return [text, carets, `${result.kind}: ${result.message}`, ...(result.hint === undefined ? [] : [result.hint])].join(
    '\n',
  );
}

test('&& binds tighter than ||, and a relation tighter than both', () => {
  expect(parsed('input.a == 1 && input.b || !input.c')).toEqual({
    op: 'or',
    of: [
      {
        op: 'and',
        of: [
          { op: '==', left: { op: 'field', path: ['input', 'a'] }, right: { op: 'literal', value: 1 } },
          { op: 'field', path: ['input', 'b'] },
        ],
      },
      { op: 'not', of: { op: 'field', path: ['input', 'c'] } },
    ],
  });
});

test('both ways to ask for a size are the same', () => {
  expect(parsed('input.a.size() > 1')).toEqual(parsed('size(input.a) > 1'));
});

test('strings have the escapes of CEL', () => {
  expect(parsed(String.raw`"\a\b\f\n\r\t\v\\\?\"\'\`\x41\u00e9\U0001f600\101"`)).toEqual({
    op: 'literal',
    value: '\u0007\b\f\n\r\t\v\\?"\'`Aé😀A',
  });
});

test('numbers may be negative, with decimals and with an exponent', () => {
  expect(['1', '-1', '1.5', '-0', '2e3', '1.5E-2'].map((text) => parsed(text))).toEqual(
    [1, -1, 1.5, 0, 2000, 0.015].map((value) => ({ op: 'literal', value })),
  );
});

test('every part knows its place', () => {
  const text = "input.a  == 'x' && size(labels) > 1";
  const result = parseExpression(text);
  if ('kind' in result) throw new Error(result.message);
  const places = [...result.places.values()].map(({ offset, length }) => text.slice(offset, offset + length));
  expect(places).toEqual([
    'input.a',
    "'x'",
    "input.a  == 'x'",
    'labels',
    'size(labels)',
    '1',
    'size(labels) > 1',
    text,
  ]);
});

test('what is printed is read back as the same condition', () => {
  fc.assert(
    fc.property(anyExpression, (expression) => {
      const text = printExpression(expression);
      const result = parseExpression(text);
      if ('kind' in result) expect([result.kind, text]).toEqual(['too-large', text]);
      else expect([text, result.expression]).toEqual([text, expression]);
    }),
    { numRuns: 1000 },
  );
});

test('no text crashes the parser, and every problem is inside the text or at its end', () => {
  const part = fc.constantFrom(
    ...[
      'input',
      '.a',
      'labels',
      '(',
      ')',
      '[',
      ']',
      '==',
      'in',
      '&&',
      '!',
      "'s'",
      '1',
      'has(',
      'size(',
      '.contains(',
      ',',
      ' ',
      '-',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const result = parseExpression(text);
      if (!('kind' in result)) return;
      expect(result.offset).toBeGreaterThanOrEqual(0);
      expect(result.offset + result.length).toBeLessThanOrEqual(text.length + 1);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['', '', '^', 'syntax: the condition ends too early'],
  ['input.a ==', '', '          ^', 'syntax: the condition ends too early'],
  ["input.a = 'x'", '', '        ^', 'syntax: `=` does not belong here', 'use =='],
  ['input.a & input.b', '', '        ^', 'syntax: `&` does not belong here', 'use &&'],
  ['input.a and input.b', '', '        ^^^', 'syntax: `and` does not belong here', 'use &&'],
  ['input.a + 1 == 2', '', '        ^', 'syntax: `+` does not belong here', 'arithmetic is not available'],
  ['-input.a == 2', '', '^', 'unavailable: arithmetic is not available'],
  ['input.a ? 1 : 2', '', '        ^', 'syntax: `?` does not belong here', 'write two conditions with && and ||'],
  ["input.a == 'x", '', '           ^', "syntax: `'` does not belong here", 'the string does not end on its line'],
  [String.raw`input.a == 'x\qy'`, '', '             ^^', 'syntax: CEL has no such escape'],
  [String.raw`'\ud800' == 'a'`, '', ' ^^^^^^', 'syntax: CEL has no such escape'],
  ['input.a == 9007199254740993', '', '           ^^^^^^^^^^^^^^^^', 'syntax: the number is too large'],
  ['input.a == 0x1F', '', '           ^^', 'syntax: a number is written in decimal digits'],
  ['input.a == 1e999', '', '           ^^^^^', 'syntax: the number is too large'],
  ['1 < input.a < 3', '', '            ^', 'syntax: only two things are compared at a time', 'use && or parentheses'],
  ['(input.a', '', '        ^', 'syntax: expected `)` instead of the end'],
  ['[1 2]', '', '   ^', 'syntax: expected `,` instead of `2`'],
  ['input[0] == 1', '', '      ^', 'unavailable: only a string stands in brackets'],
  ["input['a' == 1", '', '          ^^', 'syntax: expected `]` instead of `==`'],
  ['input.in == 1', '', '      ^^', 'syntax: `in` does not belong here'],
  ['input. == 1', '', '       ^^', 'syntax: `==` does not belong here'],
  ["'a'.1", '', '    ^', 'syntax: `1` does not belong here'],
  [
    'size input.a',
    '',
    '^^^^',
    'unknown-root: `size` is not known',
    "a condition reads task, tenant, labels, input; a field of the task's input is `input.size`",
  ],
  [
    "input.a.matches('x')",
    '',
    '        ^^^^^^^',
    'unknown-function: matches() is not available',
    'use startsWith, endsWith or contains',
  ],
  ['int(input.a) == 1', '', '^^^', 'unknown-function: int() is not available'],
  [
    "severity == 'high'",
    '',
    '^^^^^^^^',
    'unknown-root: `severity` is not known',
    "a condition reads task, tenant, labels, input; a field of the task's input is `input.severity`",
  ],
  ['not input.a', '', '^^^', 'unknown-root: `not` is not known', 'use !'],
  [
    'has(size)',
    '',
    '    ^^^^',
    'unknown-root: `size` is not known',
    "a condition reads task, tenant, labels, input; a field of the task's input is `input.size`",
  ],
  ["has('x')", '', '    ^^^', "syntax: `'x'` does not belong here"],
  ['has(input)', '', '    ^^^^^', 'syntax: `has` asks for a field below `input` or `labels`', 'write `input.name`'],
  [
    "has(labels['a'])",
    '',
    '    ^^^^^^',
    'syntax: `has` asks for a field below `input` or `labels`',
    "write `'name' in labels`",
  ],
  ['has(input.a', '', '           ^', 'syntax: expected `)` instead of the end'],
  ["input.a.contains 'x'", '', '                 ^^^', "syntax: `'x'` does not belong here"],
  ["'a'.contains 'x'", '', '             ^^^', "syntax: expected `(` instead of `'x'`"],
  ["task.name == 'x'", '', '^^^^', 'unknown-field: `task` has no fields below it'],
  ["labels.a.b == 'x'", '', '^^^^^^', 'unknown-field: `labels` has no fields below it'],
])('%s is explained at its place', (text, _, ...lines) => {
  expect(problemOf(text)).toBe([text, ...lines].join('\n'));
});

test('a condition is bounded in length, depth and parts', () => {
  expect(parseExpression(' '.repeat(1025))).toEqual({
    kind: 'too-large',
    message: 'a condition has at most 1024 characters',
    offset: 0,
    length: 1025,
  });
  expect(parseExpression(`${'('.repeat(25)}true${')'.repeat(25)}`)).toMatchObject({
    message: 'a condition is nested at most 24 deep',
    offset: 24,
  });
  expect(parseExpression(`${'!'.repeat(500)}true`)).toMatchObject({ kind: 'too-large', offset: 24 });
  expect(parseExpression(`1 in [${'1,'.repeat(400)}1]`)).toMatchObject({
    message: 'a condition has at most 256 parts',
  });
});

test('a character without a shape of its own is printed as an escape, however large its number', () => {
  const text = "input.a == '\\u0600\\U000110bd'";
  expect(printExpression(parsed(text))).toBe(text);
});

test('a character that nobody sees is refused, as an escape too', () => {
  expect(problemOf("input.a == 'ab\\u202ec'")).toContain(
    '^^^^^^\nsyntax: the invisible character U+202E is not allowed',
  );
  expect(parseExpression("input.a == '\\U000e0041'")).toMatchObject({
    message: 'the invisible character U+E0041 is not allowed',
    length: 10,
  });
});

test('has needs a whole path', () => {
  expect(problemOf('has(input.)')).toBe('has(input.)\n          ^\nsyntax: `)` does not belong here');
});
