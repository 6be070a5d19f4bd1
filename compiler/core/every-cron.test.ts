import { expect, test } from 'vitest';
import { everyCron, nearestEveryMs } from './every-cron.ts';

const MINUTE = 60_000;

test.each([
  [MINUTE, '* * * * *'],
  [5 * MINUTE, '*/5 * * * *'],
  [30 * MINUTE, '*/30 * * * *'],
  [60 * MINUTE, '0 * * * *'],
  [480 * MINUTE, '0 */8 * * *'],
  [24 * 60 * MINUTE, '0 0 * * *'],
])('every %i ms is %s', (everyMs, cron) => {
  expect(everyCron(everyMs)).toBe(cron);
});

test.each([
  [1, 1],
  [7 * MINUTE, 6],
  [90 * MINUTE, 60],
  [17 * 60 * MINUTE, 12 * 60],
  [90 * 24 * 60 * MINUTE, 24 * 60],
])('no cron comes back every %i ms: the nearest that does is %i minutes', (everyMs, minutes) => {
  expect(everyCron(everyMs)).toBeUndefined();
  expect(nearestEveryMs(everyMs)).toBe(minutes * MINUTE);
});
