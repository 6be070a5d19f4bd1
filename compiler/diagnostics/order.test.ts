import { expect, test } from 'vitest';
import type { Code } from './catalog.ts';
import type { Diagnostic } from './diagnostic.ts';
import { explainCode } from './explain-code.ts';
import { exitCodeOf, ordered } from './order.ts';
import { linesOf } from './position.ts';

function problem(code: Code, file = 'a', start = 0, end = 1, message = 'm'): Diagnostic {
  const severity = code === 'NT2050' ? 'warning' : 'error';
  return { code, severity, message, at: { file, start, end }, related: [], notes: [] };
}

test('problems are sorted by file, place, code and message, and each is kept once', () => {
  const sorted = [
    problem('NT1202', 'B', 9),
    problem('NT1203', 'a', 2, 3),
    problem('NT1201', 'a', 2, 4),
    problem('NT1203', 'a', 2, 4, 'l'),
    problem('NT1203', 'a', 2, 4, 'm'),
    problem('NT1203', 'a', 10),
  ];
  expect(ordered([...sorted].reverse().concat(sorted))).toEqual(sorted);
});

test('the exit code is that of the strongest reason', () => {
  expect(exitCodeOf([])).toBe(0);
  expect(exitCodeOf([problem('NT2050')])).toBe(0);
  expect(exitCodeOf([problem('NT2050')], true)).toBe(1);
  expect(exitCodeOf([problem('NT1201'), problem('NT2050')])).toBe(1);
  expect(exitCodeOf([problem('NT1201'), problem('NT1215')])).toBe(3);
  expect(exitCodeOf([problem('NT1215'), problem('NT1113'), problem('NT1201')])).toBe(4);
});

test('the long form of a code says what, how grave, why and what to do', () => {
  expect(explainCode('NT1107')).toBe(`# NT1107: \`<key>\` is given twice

error, exit code 1 (invalid spec)

Readers keep the first, the last, or fail. One of the two values would be lost without a word.

Remove one of them, or merge them.
`);
  expect([explainCode('NT9999'), explainCode('toString')]).toEqual([undefined, undefined]);
});

test('lines and columns are found at the edges of a text', () => {
  const lines = linesOf('\uFEFFab\r\ncd\n');
  expect([0, 1, 3, 5, 7, 8, 99, -1].map((offset) => lines.positionOf(offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 1 },
    { line: 1, column: 3 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
    { line: 3, column: 1 },
    { line: 1, column: 1 },
  ]);
  expect([lines.count, lines.line(1), lines.line(2), lines.line(3)]).toEqual([3, 'ab', 'cd', '']);
});
