import { expect, test } from 'vitest';
import { cronProblem } from './cron.ts';

test.each([
  '* * * * *',
  '*/5 0-23/2 1,15 JAN-MAR MON-FRI',
  '5/10 0 * * 7',
  '0 6 29 2 *',
  '0 6 31 2,3 *',
  '0 6 31 2 MON',
])('%s fires', (cron) => {
  expect(cronProblem(cron)).toBe(undefined);
});

test.each([
  ['60 * * * *', '`60` is no minute'],
  ['* 24 * * *', '`24` is no hour'],
  ['* * 0 * *', '`0` is no day of the month'],
  ['* * * 13 *', '`13` is no month'],
  ['* * * FOO *', '`FOO` is no month'],
  ['* * * * 8', '`8` is no day of the week'],
  ['5-1 * * * *', '`5-1` is no minute'],
  ['1-99 * * * *', '`1-99` is no minute'],
  ['*-5 * * * *', '`*-5` is no minute'],
  ['*/0 * * * *', '`*/0` is no minute'],
  ['1-2-3 * * * *', '`1-2-3` is no minute'],
  ['* * *', '`` is no month'],
  ['0 6 30 2 *', 'no such month has a day 30'],
  ['0 6 31 4,6,9,11 *', 'no such month has a day 31'],
])('%s never fires: %s', (cron, problem) => {
  expect(cronProblem(cron)).toBe(problem);
});
