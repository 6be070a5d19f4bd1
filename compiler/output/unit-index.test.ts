import { expect, test } from 'vitest';
import { isSafePath } from './unit-index.ts';

test.each(['a', 'a/b', '.index/prod/teams/a/b.json', 'A_1/b-2.c.yaml', '_/9', 'x'.repeat(400)])(
  '%j stays below',
  (path) => {
    expect(isSafePath(path)).toBe(true);
  },
);

test.each([
  ...['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/..', '../a', 'a/../b', 'a/./b', './a', '...', '..a', 'a/..b'],
  ...['a.', 'a./b', 'a/b.', 'C:/a', 'a\\b', 'a b', 'a\n', 'a/\nb', '-a', 'a/-b', 'ä', 'a\0', 'x'.repeat(401)],
])('%j may not', (path) => {
  expect(isSafePath(path)).toBe(false);
});
