import type { Assignment } from '../../spec/contract/protocol.ts';
import { SchedulerProblem, Unsendable } from './connection.ts';
import { drawn, pauseAfter } from './patience.ts';

/** How long an end is said again at least: a scheduler that is away that long has not ended the run either. */
export const SETTLE_MS = 600_000;

/** Of refusals those that say nothing of the task: a token that is renewed, a role that is given, a scheduler in a hurry. */
const MAY_PASS: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

/**
 * How long to wait before the end of a task is said again; nothing after a final answer. Final is what the scheduler says of the
 * task or of what was sent: 404, 409, 413, 422 and their kind. A result that is no JSON reaches nobody.
 */
export function pauseUnlessFinal(error: unknown, attempt: number): number | undefined {
  if (error instanceof Unsendable) return undefined;
  const isFinal =
    error instanceof SchedulerProblem && error.status >= 400 && error.status < 500 && !MAY_PASS.has(error.status);
  return isFinal ? undefined : (pauseAfter(error, attempt) ?? drawn(attempt));
}

/**
 * How long the end of a run is said again, from now on: until the run's time is over, and ten minutes at least. The run's time is
 * taken from the difference of two times of the scheduler, so that no clock here counts.
 */
export function settleForMs({ dueAt, leasedUntil, heartbeatMs }: Assignment, elapsedMs: number): number {
  const runMs = Date.parse(dueAt) - Date.parse(leasedUntil) + heartbeatMs;
  return Number.isFinite(runMs) ? Math.max(SETTLE_MS, runMs - elapsedMs) : SETTLE_MS;
}
