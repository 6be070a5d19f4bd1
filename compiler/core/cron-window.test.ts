import { expect, test } from 'vitest';
import { cronWindows } from './cron-window.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

test.each([
  ['30 7 * * *', 13 * HOUR, [{ start: '30 7 * * *', end: '30 20 * * *' }]],
  ['0 9 * * MON-FRI', 10 * HOUR, [{ start: '0 9 * * 1,2,3,4,5', end: '0 19 * * 1,2,3,4,5' }]],
  ['0 20 * * 1-5', 12 * HOUR, [{ start: '0 20 * * 1,2,3,4,5', end: '0 8 * * 2,3,4,5,6' }]],
  ['0 20 * * 6', 12 * HOUR, [{ start: '0 20 * * 6', end: '0 8 * * 0' }]],
  ['0 20 1,15 * *', 12 * HOUR, [{ start: '0 20 1,15 * *', end: '0 8 2,16 * *' }]],
  ['0 8 1 3 *', HOUR, [{ start: '0 8 1 3 *', end: '0 9 1 3 *' }]],
  [
    '5 * * * *',
    30 * MINUTE,
    [{ start: '5 * * * *', end: '35 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23 * * *' }],
  ],
  [
    '0,30 8 * * *',
    20 * MINUTE,
    [
      { start: '0 8 * * *', end: '20 8 * * *' },
      { start: '30 8 * * *', end: '50 8 * * *' },
    ],
  ],
  [
    '0 8,20 * * *',
    6 * HOUR,
    [
      { start: '0 8 * * *', end: '0 14 * * *' },
      { start: '0 20 * * *', end: '0 2 * * *' },
    ],
  ],
  ['0 6 * * 1', 48 * HOUR, [{ start: '0 6 * * 1', end: '0 6 * * 3' }]],
  ['0 6 * * *', 90_000, [{ start: '0 6 * * *', end: '2 6 * * *' }]],
])('%s for %i ms', (cron, holdMs, windows) => {
  const made = cronWindows(cron, holdMs);
  expect(made).toEqual(windows.map(({ start, end }) => ({ start, end: end.replace(/ (0,1,2[0-9,]*23) /, ' * ') })));
});

test.each([
  ['0 6 * * *', 24 * HOUR],
  ['0 */6 * * *', 6 * HOUR],
  ['0 6 * * 1,2', 25 * HOUR],
  ['*/5 * * * *', 5 * MINUTE],
])('%s for %i ms would begin again before it ends', (cron, holdMs) => {
  expect(cronWindows(cron, holdMs)).toEqual({ problem: 'it would begin again before it ends' });
});

test.each([
  ['0 20 31 * *', 12 * HOUR],
  ['0 20 * 3 *', 12 * HOUR],
])('%s for %i ms would end in another month', (cron, holdMs) => {
  expect(cronWindows(cron, holdMs)).toEqual({ problem: 'it would end in another month' });
});
