import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import config from '../vitest.config.ts';
import { LONGEST, LongestFirst, longestFirst } from './test-order.ts';

test('the longest tests begin first, and all others in the order that they had', () => {
  const [longest = '', next = ''] = LONGEST;
  const order = longestFirst(['large.test.ts', next, 'small.test.ts', longest], (path) => path);
  expect(order).toEqual([longest, next, 'large.test.ts', 'small.test.ts']);
  expect(config.test?.sequence?.sequencer).toBe(LongestFirst);
});

test('each of the longest is a file, and is named once', () => {
  expect(LONGEST.filter((path) => !existsSync(path))).toEqual([]);
  expect(new Set(LONGEST).size).toBe(LONGEST.length);
});
