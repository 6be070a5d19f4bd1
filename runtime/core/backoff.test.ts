import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const PLAIN = { firstMs: 1000, factor: 3, maxMs: 20_000, jitter: 'none' } as const;

test('each failure waits longer than the last, up to the bound', () => {
  expect([1, 2, 3, 4, 400].map((failures) => backoffMs(PLAIN, failures, 0.1))).toEqual([
    1000, 3000, 9000, 20_000, 20_000,
  ]);
  expect(backoffMs(PLAIN, 0, 0.1)).toBe(1000);
});

test('full jitter draws from the whole time', () => {
  const jittered = { ...PLAIN, jitter: 'full' } as const;
  expect([0, 0.5, 0.999].map((random) => backoffMs(jittered, 2, random))).toEqual([0, 1500, 2997]);
});
