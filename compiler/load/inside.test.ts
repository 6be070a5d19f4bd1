import { expect, test } from 'vitest';
import { insideScalar } from './inside.ts';

function found(raw: string, value: string, part: string): string | undefined {
  const place = insideScalar(raw, value, { offset: value.indexOf(part), length: part.length });
  return place && raw.slice(place.start, place.end);
}

test('a stretch of a plain scalar stands where it stands', () => {
  expect(found('input.a == 1', 'input.a == 1', '==')).toBe('==');
});

test('quotes and doubled quotes are counted', () => {
  expect(found("'a == ''b'' && c'", "a == 'b' && c", 'c')).toBe('c');
  expect(found("'a == ''b'' && c'", "a == 'b' && c", "'b'")).toBe("''b''");
});

test('escapes of every length are counted', () => {
  expect(found('"\\t\\"x\\x41\\u0042\\U00000043 end"', '\t"xABC end', 'end')).toBe('end');
  expect(found('"\\U0001F600 end"', '\u{1f600} end', 'end')).toBe('end');
  expect(found('"a\\u0042c"', 'aBc', 'B')).toBe('\\u0042');
});

test('what is missing after the end is shown at the last character', () => {
  expect(insideScalar('"ab"', 'ab', { offset: 2, length: 0 })).toEqual({ start: 2, end: 3 });
  expect(insideScalar('abc', 'abc', { offset: 2, length: 5 })).toEqual({ start: 2, end: 3 });
  expect(insideScalar('""', '', { offset: 0, length: 1 })).toEqual({ start: 1, end: 1 });
});

test('text over several lines, or one that does not add up, has no place inside', () => {
  expect(insideScalar('"a\n  b"', 'a b', { offset: 0, length: 1 })).toBeUndefined();
  expect(insideScalar('abc', 'ab', { offset: 0, length: 1 })).toBeUndefined();
});
