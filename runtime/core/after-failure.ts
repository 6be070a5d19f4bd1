import type { TableAccept } from '../../spec/contract/routing-table.ts';
import { backoffMs } from './backoff.ts';
import { storeKey } from './store-key.ts';
import type { TaskRecord } from './task-record.ts';

/** What an agent says when a run has failed. */
export interface Failure {
  /** Kind of the error, as the agent names it. */
  readonly error: string;
  /** The agent knows that trying again is of no use. */
  readonly final?: boolean;
  /** The agent was told to wait (by a provider, say). */
  readonly retryAfterMs?: number;
}

/** What comes next, as the store's `fail` takes it. */
export interface AfterFailure {
  readonly then: 'retry' | 'failed' | 'dead';
  readonly delayMs: number;
  readonly reason: string;
  /** Of a `retry`. */
  readonly attemptMax?: number;
}

/**
 * An error that the task type names under `never`, or that the agent calls final, ends the task. Otherwise it is tried again
 * until it has had its attempts; then it is a dead letter. It never comes back before the agent's `retryAfterMs`.
 */
export function afterFailure(
  record: Pick<TaskRecord, 'attempts' | 'attemptMax'>,
  accept: Pick<TableAccept, 'backoff' | 'never'> & Partial<Pick<TableAccept, 'effects' | 'attempts'>>,
  failure: Failure,
  random: number,
): AfterFailure {
  const reason = storeKey(failure.error);
  if (failure.final === true || accept.never.includes(failure.error)) return { then: 'failed', delayMs: 0, reason };
  const failures = record.attempts + 1;
  // The record of a task with external effects allows one run whose end is not known.
  const attemptMax = accept.effects === 'external' ? (accept.attempts ?? 1) : record.attemptMax;
  if (failures >= attemptMax) return { then: 'dead', delayMs: 0, reason };
  const delayMs = Math.max(backoffMs(accept.backoff, failures, random), failure.retryAfterMs ?? 0);
  return { then: 'retry', delayMs, reason, attemptMax };
}
