import { expect, test } from 'vitest';
import { sure } from './sure.ts';
import { codePointOf, compareText } from './text.ts';

test('texts are ordered by code units, not as a language would', () => {
  expect(['ä', 'b', 'B', 'a', 'a', ''].sort(compareText)).toEqual(['', 'B', 'a', 'a', 'b', 'ä']);
});

test('a code point may take two code units', () => {
  expect([codePointOf('A'), codePointOf('😀 and more')]).toEqual([0x41, 0x1f600]);
});

test('what must be there and is not is named', () => {
  expect(sure(0, 'a number')).toBe(0);
  expect(() => codePointOf('')).toThrow('the first character of a text is missing');
});
