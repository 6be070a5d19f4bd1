import { expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import { SchedulerProblem, SchedulerUnreachable, Unsendable } from './connection.ts';
import { pauseUnlessFinal, settleForMs } from './settling.ts';

const MINUTE_MS = 60_000;

/** A run that the scheduler gives so long, by a clock that is an hour off. */
function lasting(runMs: number): Assignment {
  const now = Date.now() - 60 * MINUTE_MS;
  const at = (ms: number): string => new Date(now + ms).toISOString();
  return { heartbeatMs: 30_000, leasedUntil: at(30_000), dueAt: at(runMs) } as Assignment;
}

test('an end is said until the run’s time is over, whatever the clock here says, and ten minutes at least', () => {
  expect(settleForMs(lasting(45 * MINUTE_MS), 5 * MINUTE_MS)).toBe(40 * MINUTE_MS);
  expect(settleForMs(lasting(45 * MINUTE_MS), 44 * MINUTE_MS)).toBe(10 * MINUTE_MS);
  expect(settleForMs(lasting(MINUTE_MS), 0)).toBe(10 * MINUTE_MS);
  expect(settleForMs({ ...lasting(MINUTE_MS), dueAt: '' }, 0)).toBe(10 * MINUTE_MS);
});

test('what is said of the task or the result is final, and nothing else', () => {
  const isFinal = (error: unknown): boolean => pauseUnlessFinal(error, 0) === undefined;
  const problems = (...all: readonly number[]) => all.filter((status) => isFinal(new SchedulerProblem(status, {}, 0)));
  expect(problems(400, 401, 403, 404, 408, 409, 413, 422, 425, 429, 500, 501, 502, 503, 504)).toEqual([
    400, 404, 409, 413, 422,
  ]);
  expect(isFinal(new SchedulerUnreachable('http://a', {}))).toBe(false);
  // The file of a token is being replaced.
  expect(isFinal(Object.assign(new Error('ENOENT'), { code: 'ENOENT' }))).toBe(false);
  expect(isFinal(new Unsendable(new RangeError('Maximum call stack size exceeded')))).toBe(true);
  // Of a way to a token that has none yet.
  expect(isFinal(new TypeError('Cannot read properties of undefined'))).toBe(false);
  expect(pauseUnlessFinal(new SchedulerProblem(429, {}, 7000), 0)).toBe(7000);
});
