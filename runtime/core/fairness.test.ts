import { expect, test } from 'vitest';
import { costOf, priorityName, priorityNumber, strideOf } from './fairness.ts';

test('twice the weight is half the cost', () => {
  expect([costOf(1), costOf(2), costOf(0.5)]).toEqual([1_048_576, 524_288, 2_097_152]);
});

test('costs stay within their bounds', () => {
  expect([costOf(1e12), costOf(1e-9)]).toEqual([1, 1_000_000_000]);
});

test('a priority has four times the share of the one below it', () => {
  expect([0, 1, 2, 3, 4].map((priority) => strideOf(1024, priority))).toEqual([1024, 256, 64, 16, 4]);
  expect(strideOf(1, 4)).toBe(1);
});

test('priorities have numbers, and numbers out of range the nearest name', () => {
  expect([priorityNumber('low'), priorityNumber('critical')]).toEqual([0, 4]);
  expect([priorityName(-1), priorityName(2), priorityName(9)]).toEqual(['low', 'high', 'critical']);
  expect(priorityName(Number.NaN)).toBe('normal');
});
