import { expect, test } from 'vitest';
import { lines, mark } from './figures.ts';

test('a figure at its target has met it, whichever side the target is on', () => {
  expect(mark(10, { most: 10 })).toBe('ok');
  expect(mark(10.01, { most: 10 })).toBe('MISSED');
  expect(mark(2.5, { least: 2.5 })).toBe('ok');
  expect(mark(2.49, { least: 2.5 })).toBe('MISSED');
});

test('a figure without a target is told and not judged', () => {
  expect(mark(10, undefined)).toBe('');
});

test('what could not be measured has missed its target', () => {
  expect(mark(Number.NaN, { most: 10 })).toBe('MISSED');
  expect(mark(Number.NaN, { least: 0.99 })).toBe('MISSED');
});

test('columns are as wide as their widest cell, and no line ends in spaces', () => {
  expect(
    lines([
      ['throughput', '900 tasks/s', '', ''],
      ['  p99', '5 ms', '<= 10', 'ok'],
    ]),
  ).toEqual([
    'throughput  900 tasks/s', //
    '  p99              5 ms  <= 10  ok',
  ]);
});
