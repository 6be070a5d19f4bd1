import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { dueTimes, timesBefore } from './due-times.ts';

/**
 * Which times of a schedule are to be started now, of those that are not done.
 *
 * - those of the last seconds are on time
 * - `kept` are those that came due while this scheduler was there, and could not be started: the store was away, or this process
 *   stood still. Nobody missed them, so `catchUp.max` does not count them. They are kept for `catchUp.windowMs`, at most an hour;
 *   where one at a time may run, only the newest starts
 * - the others were missed: the newest `catchUp.max` of the last `catchUp.windowMs` start
 *
 * What is left out is told, so that it is not dropped without a word.
 */
export interface DueNow {
  /** The oldest first. */
  readonly starts: readonly number[];
  /** Those of them that were kept. */
  readonly kept: readonly number[];
  /** Times that a newer one stands for, since one at a time may run; the newest first. */
  readonly overlapped: readonly number[];
  /** Times that are too old or too many to be caught up with; the newest first, and at most `TOLD_MAX`. */
  readonly missed: readonly number[];
}

/** What is known of a schedule's times. */
export interface Past {
  /** Up to when all is done. */
  readonly sinceMs: number;
  /** Since when this scheduler has looked at it, and up to when it has done what came due since then. */
  readonly hereMs: number;
  readonly doneMs: number;
}

/** A time that is this old is not on time. */
export const LATE_MS = 10_000;
export const TOLD_MAX = 100;
const KEPT_MAX_MS = 3_600_000;

export function dueNow(schedule: TableSchedule, past: Past, now: number): DueNow {
  const { overlap, catchUp } = schedule;
  const onTimeFrom = now - LATE_MS - 1;
  const onTime = dueTimes(schedule, Math.max(past.sinceMs, onTimeFrom), now);
  if (past.sinceMs >= onTimeFrom) return { starts: onTime, kept: [], overlapped: [], missed: [] };

  const keptFrom = Math.min(
    onTimeFrom,
    Math.max(past.sinceMs, past.hereMs, past.doneMs, now - Math.min(catchUp.windowMs, KEPT_MAX_MS)),
  );
  const waiting = dueTimes(schedule, keptFrom, onTimeFrom);
  const kept = overlap === 'queue' ? waiting : waiting.slice(-1);
  const overlapped = overlap === 'queue' ? [] : waiting.slice(0, -1).reverse();

  // However long ago all was done, no more of its times are looked for.
  const looked = timesBefore(schedule, keptFrom + 1, catchUp.max + TOLD_MAX, past.sinceMs);
  const older = looked.filter((time) => isOpen(past, time));
  const caughtUp = older.slice(0, catchUp.max).filter((time) => time > now - catchUp.windowMs);
  const missed = older.slice(caughtUp.length).slice(0, TOLD_MAX);
  return { starts: [...caughtUp.reverse(), ...kept, ...onTime], kept, overlapped, missed };
}

function isOpen({ sinceMs, hereMs, doneMs }: Past, time: number): boolean {
  return time > sinceMs && (time <= hereMs || time > doneMs);
}
