import { setTimeout as sleep } from 'node:timers/promises';
import { SchedulerProblem, SchedulerUnreachable } from './connection.ts';

export interface Patience {
  /** Gives up after so long, with the last refusal. */
  readonly forMs: number;
  readonly signal?: AbortSignal | undefined;
  /** After what to ask again, and when; `pauseAfter` when absent. */
  readonly pause?: (error: unknown, attempt: number) => number | undefined;
  /** Told what it asks again after. */
  readonly tell?: (error: unknown) => void;
}

const FIRST_MS = 50;
const LONGEST_MS = 5000;

/**
 * Asks again until there is an answer that counts: after no answer at all, a scheduler that is away (502 to 504), and one that
 * has enough (429), not before its `Retry-After`. Only for calls that may be repeated: all of a task's life are, by its id, its
 * token or its idempotency key.
 */
export async function patiently<Answer>(
  ask: () => Promise<Answer>,
  { forMs, signal, pause = pauseAfter, tell }: Patience,
): Promise<Answer> {
  const endMs = performance.now() + forMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const waitMs = pause(error, attempt);
      if (waitMs === undefined || performance.now() + waitMs > endMs) throw error;
      tell?.(error);
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}

/** How long to wait before the next try; nothing when there is no use in one. Drawn, so that many do not come back together. */
export function pauseAfter(error: unknown, attempt: number): number | undefined {
  const again =
    error instanceof SchedulerUnreachable ||
    (error instanceof SchedulerProblem && (error.status === 429 || (error.status >= 502 && error.status <= 504)));
  if (!again) return undefined;
  const least = error instanceof SchedulerProblem ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(least, drawn(attempt));
}

/** At least nothing and at most five seconds; the tenth try waits no longer than those after it. */
export function drawn(attempt: number): number {
  return Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
}
