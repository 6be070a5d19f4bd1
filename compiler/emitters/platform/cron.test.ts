import { expect, test } from 'vitest';
import { cronOf } from './cron.ts';

const MINUTE = 60_000;

test.each([
  [1, '* * * * *'],
  [MINUTE, '* * * * *'],
  [5 * MINUTE, '*/5 * * * *'],
  [59 * MINUTE, '*/59 * * * *'],
  [60 * MINUTE, '0 * * * *'],
  [150 * MINUTE, '0 */2 * * *'],
  [24 * 60 * MINUTE, '0 0 * * *'],
  [90 * 24 * 60 * MINUTE, '0 0 * * *'],
])('every %i ms is %s', (everyMs, cron) => {
  expect(cronOf(everyMs)).toBe(cron);
});
