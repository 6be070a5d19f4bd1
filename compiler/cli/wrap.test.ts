import { expect, test } from 'vitest';
import { columns, wrap } from './wrap.ts';

test('text is broken between words, and a line that begins with a blank stays as it is', () => {
  expect(wrap('one two three\n  four five six\nseven', 9)).toEqual(['one two', 'three', '  four five six', 'seven']);
});

test('a word that is longer than a line has a line of its own', () => {
  expect(wrap('a incomprehensibly b', 6)).toEqual(['a', 'incomprehensibly', 'b']);
});

test('a term that is too long for its column stands above its meaning', () => {
  const long = `--${'x'.repeat(40)}`;
  const aside = ' '.repeat(36);
  expect(
    columns(
      [
        ['--a', 'first'],
        [long, 'second of the two, in words'],
      ],
      56,
    ),
  ).toEqual([`  --a${' '.repeat(31)}first`, `  ${long}`, `${aside}second of the two, in words`]);
});
