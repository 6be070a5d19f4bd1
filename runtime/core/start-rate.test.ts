import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextStartMs, slower, startsPerSecond, takeStart } from './start-rate.ts';

test('a burst may start at once, then one after each interval', () => {
  const rate = { count: 3, perMs: 900 };
  let rest = 0;
  for (let start = 0; start < 3; start += 1) rest = takeStart(rate, rest, 5_000_000) ?? -1;
  expect(takeStart(rate, rest, 5_000_000)).toBeUndefined();
  expect(nextStartMs(rate, rest, 5_000_000)).toBe(5300);
  expect(takeStart(rate, rest, 5_300_000)).toBe(6_200_000);
  expect(nextStartMs(rate, rest, 5_300_000)).toBe(0);
});

test('no more than twice the count start in any span of its length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.array(fc.integer({ min: 0, max: 500_000 }), { maxLength: 200 }),
      (count, perMs, steps) => {
        const starts: number[] = [];
        let rest = 0;
        let nowUs = 1_000_000_000;
        for (const step of steps) {
          nowUs += step;
          const next = takeStart({ count, perMs }, rest, nowUs);
          if (next === undefined) continue;
          rest = next;
          starts.push(nowUs);
        }
        for (const start of starts) {
          const span = starts.filter((one) => one >= start && one < start + perMs * 1000);
          expect(span.length).toBeLessThanOrEqual(2 * count);
        }
      },
    ),
  );
});

test('a rate that is no whole number a second is kept, and no less', () => {
  for (const perSecond of [0.25, 1, 100 / 60, 1.9, 2.5, 40, 99.9]) {
    const { count, perMs } = startsPerSecond(perSecond);
    const kept = (count * 1000) / perMs / perSecond;
    expect([perSecond, kept <= 1, kept > 0.99]).toEqual([perSecond, true, true]);
  }
});

test('the parts of a rate are together as fast as the whole, also where a part of one start is none', () => {
  expect(slower({ count: 1, perMs: 1000 }, 0.5)).toEqual({ count: 1, perMs: 2000 });
  expect(slower({ count: 4, perMs: 1000 }, 0.75)).toEqual({ count: 3, perMs: 1000 });
  const thirds = slower({ count: 100, perMs: 60_000 }, 1 / 3);
  expect((3 * thirds.count * 60_000) / thirds.perMs).toBeCloseTo(100, 2);
  expect(thirds.count).toBe(33);
});
