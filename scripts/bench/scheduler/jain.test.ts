import { expect, test } from 'vitest';
import { jainIndex } from './jain.ts';

test('equal shares are 1, whatever their size', () => {
  expect(jainIndex([3, 3, 3])).toBe(1);
  expect(jainIndex([70, 70])).toBe(1);
});

test('one that has everything is 1/n', () => {
  expect(jainIndex([9, 0, 0, 0])).toBe(0.25);
});

test('a share of 100 against nine of 1 is far from fair', () => {
  expect(jainIndex([100, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toBeCloseTo(0.1187, 3);
});

test('no shares give no index, and so meet no target', () => {
  expect(jainIndex([])).toBeNaN();
});
