import { expect, test } from 'vitest';
import { noticeMs } from './notice.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function minutes(afters: readonly number[], queue = 60): number {
  const steps = afters.map((after) => ({ when: ['no-agent'] as const, afterMs: after * MINUTE_MS }));
  return noticeMs(steps, queue * MINUTE_MS) / MINUTE_MS;
}

test('one step, or several that are due at multiples of the first, are looked at when the first is due', () => {
  expect(minutes([5])).toBeCloseTo(5, 1);
  expect(minutes([2, 4, 20])).toBeCloseTo(2, 1);
});

test('steps between them are not passed by', () => {
  expect(minutes([2, 5])).toBeCloseTo(1, 1);
  expect(minutes([10, 11])).toBeCloseTo(2, 1);
});

test('every step is seen at most a tenth of its time too late, and before the queue gives the task up', () => {
  const afters = [1000, 1500, 7000, 60_000, 61_000, 119_000, 10 * MINUTE_MS, 11 * MINUTE_MS, 59 * MINUTE_MS];
  for (const one of afters) {
    for (const other of afters) {
      const steps = [one, other].map((afterMs) => ({ when: ['wait-above'] as const, afterMs }));
      const period = noticeMs(steps, HOUR_MS);
      for (const after of [one, other]) {
        const seen = Math.ceil(after / period) * period;
        expect([one, other, seen <= after * 1.1, seen < HOUR_MS]).toEqual([one, other, true, true]);
      }
    }
  }
});

test('a step that the end of the queue would overtake is looked at before it', () => {
  const [after, queue] = [3, 9.5].map((one) => one * MINUTE_MS);
  const steps = [after, 9.4 * MINUTE_MS].map((afterMs) => ({ when: ['wait-above'] as const, afterMs: afterMs ?? 0 }));
  const period = noticeMs(steps, queue ?? 0);
  expect(Math.ceil((9.4 * MINUTE_MS) / period) * period).toBeLessThan(queue ?? 0);
});

test('a clock that is a little behind the shard’s does not make a step wait for the next look', () => {
  expect(minutes([5]) * MINUTE_MS).toBeGreaterThanOrEqual(5 * MINUTE_MS + 100);
});

test('no look is for a queue that refuses, nor for a chain that is used up', () => {
  expect(noticeMs([{ when: ['rejected'], afterMs: MINUTE_MS }], HOUR_MS)).toBe(0);
  expect(noticeMs([], HOUR_MS)).toBe(0);
});

test('however the steps lie, the looks have a bound', () => {
  expect(minutes([1, 59.999], 60)).toBeGreaterThanOrEqual(1 / 60);
});
