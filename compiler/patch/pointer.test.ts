import { expect, test } from 'vitest';
import { valueAt } from './pointer.ts';

const value = { a: { 'b/c': [1, { d: null }] }, '~': 2 };

test.each([
  ['', value],
  ['/a/b~1c/0', 1],
  ['/a/b~1c/1/d', null],
  ['/~0', 2],
])('%s leads to a value', (pointer, found) => {
  expect(valueAt(value, pointer)).toEqual(found);
});

test.each(['/b', '/a/b~1c/2', '/a/b~1c/1/d/e', '/~0/length', '/a/constructor'])('%s leads nowhere', (pointer) => {
  expect(valueAt(value, pointer)).toBeUndefined();
});
