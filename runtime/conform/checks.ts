/** What an agent must do, in the order in which it is asked for. Ids are for scripts, sentences for people. */
export const CHECKS = {
  register: 'it registers with its name and its slots before it asks for work',
  poll: 'it never asks for more tasks than it has free slots',
  complete: 'it completes a task with the token it was given, and the result',
  again: 'a completion that was not answered is sent again, the same',
  cut: 'a completion whose answer was cut off is sent again, and is no failure',
  failure: 'a task that fails is said to have failed, with a kind of error',
  retryAfter: 'told to come back later, it does, and not before',
  heartbeat: 'it sends heartbeats for what it runs, at least every lease',
  cancel: 'a task whose end is asked for is given back or failed, and not completed',
  stale: 'told that somebody else has the task, it drops what it did',
  invalid: 'a result that is refused is a failed attempt, or given back, within seconds',
  denied: 'refused work with 401, it keeps what it runs and asks again',
  drain: 'told to drain, it takes nothing more',
} as const;

export type CheckId = keyof typeof CHECKS;

export interface Verdict {
  readonly check: CheckId;
  readonly passed: boolean;
  readonly says: string;
  /** What happened instead. */
  readonly found?: string;
}

/** What is found of a check that nothing was seen of. */
export const NOT_SEEN = 'it did not happen';

/** Collects what was seen; a check that nothing decided has not been passed. */
export class Sheet {
  readonly #found = new Map<CheckId, string | true>();
  readonly #due = new Map<CheckId, string>();

  /** A failure of a check stays, whatever comes later. */
  pass(check: CheckId): void {
    if (!this.#found.has(check)) this.#found.set(check, true);
  }

  fail(check: CheckId, found: string): void {
    if (this.#found.get(check) === undefined || this.#found.get(check) === true) this.#found.set(check, found);
  }

  /** What is found when nothing more is seen of this check. */
  due(check: CheckId, missing: string): void {
    this.#due.set(check, missing);
  }

  verdicts(): readonly Verdict[] {
    return (Object.keys(CHECKS) as CheckId[]).map((check) => {
      const found = this.#found.get(check) ?? this.#due.get(check) ?? NOT_SEEN;
      return { check, passed: found === true, says: CHECKS[check], ...(found !== true && { found }) };
    });
  }
}
