import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

test('the nearest name is found for a missing, an extra, a wrong and a swapped letter', () => {
  for (const typed of ['chck', 'checkk', 'chock', 'chekc']) {
    expect(nearest(typed, ['compile', 'check', 'fix'])).toBe('check');
  }
});

test('letter case does not count as a difference', () => {
  expect(nearest('CHECK', ['check'])).toBe('check');
});

test('nothing is suggested for a word that is near nothing', () => {
  expect(nearest('banana', ['check', 'compile'])).toBeUndefined();
  expect(nearest('x', ['check'])).toBeUndefined();
  expect(nearest('', ['check'])).toBeUndefined();
});

test('the fewest edits win, then the first in code-unit order', () => {
  expect(nearest('fleet-1', ['fleet-22', 'fleet-3', 'fleet-2'])).toBe('fleet-2');
  expect(nearest('fleet-1', ['fleet-2', 'fleet-3', 'fleet-22'])).toBe('fleet-2');
});

test('the word itself is no suggestion, and a very long word has none', () => {
  expect(nearest('check', ['check'])).toBeUndefined();
  expect(nearest('a'.repeat(101), ['a'.repeat(100)])).toBeUndefined();
});
