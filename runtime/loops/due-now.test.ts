import { expect, test } from 'vitest';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { dueNow, TOLD_MAX } from './due-now.ts';
import { HOUR_MS, MINUTE_MS, schedule } from './testing/scheduled.ts';

const NOON_MS = Date.parse('2026-06-01T12:00:00Z');
/** Half a minute after the time before, so that nothing is on time. */
const NOW_MS = NOON_MS + 30_000;
const OFTEN = { overlap: 'skip', catchUp: { windowMs: HOUR_MS, max: 0 } } as const;

/** Minutes before noon that start, that a newer one stands for, and that were missed. */
function of(changes: Partial<TableSchedule>, { done, here }: { readonly done: number; readonly here: number }) {
  const hereMs = NOON_MS - here * MINUTE_MS - 1;
  const past = { sinceMs: NOON_MS - done * MINUTE_MS - 1, hereMs, doneMs: hereMs };
  const { starts, overlapped, missed } = dueNow(schedule({ ...OFTEN, ...changes }), past, NOW_MS);
  const minutes = (times: readonly number[]): readonly number[] => times.map((time) => (NOON_MS - time) / MINUTE_MS);
  return { starts: minutes(starts), overlapped: minutes(overlapped), missed: minutes(missed) };
}

test('of what could not be started here the newest stands for all when one at a time may run', () => {
  const newest = { starts: [0], overlapped: [1, 2, 3], missed: [] };
  expect(of({ overlap: 'skip' }, { done: 3, here: 5 })).toEqual(newest);
  expect(of({ overlap: 'replace' }, { done: 3, here: 5 })).toEqual(newest);
  expect(of({ overlap: 'queue' }, { done: 3, here: 5 })).toEqual({ starts: [3, 2, 1, 0], overlapped: [], missed: [] });
});

test('it is kept for the window of catchUp, and at most an hour', () => {
  const short = { windowMs: 3 * MINUTE_MS, max: 0 };
  expect(of({ overlap: 'queue', catchUp: short }, { done: 4, here: 10 })).toEqual({
    starts: [2, 1, 0],
    overlapped: [],
    missed: [3, 4],
  });
  const long = of({ overlap: 'queue', catchUp: { windowMs: 24 * HOUR_MS, max: 0 } }, { done: 70, here: 90 });
  expect([long.starts.length, long.missed]).toEqual([60, [60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70]]);
});

test('what was due before this scheduler was there is caught up with as the schedule says, and the rest is told', () => {
  const catchUp = { windowMs: HOUR_MS, max: 2 };
  expect(of({ overlap: 'queue', catchUp }, { done: 5, here: 1 })).toEqual({
    starts: [3, 2, 1, 0],
    overlapped: [],
    missed: [4, 5],
  });
  expect(of({ catchUp: { windowMs: 2 * MINUTE_MS, max: 10 } }, { done: 5, here: -1 })).toEqual({
    starts: [1, 0],
    overlapped: [],
    missed: [2, 3, 4, 5],
  });
});

test('however long nothing was done, so many are told of', () => {
  expect(of({}, { done: 100_000, here: -1 }).missed).toHaveLength(TOLD_MAX);
});
