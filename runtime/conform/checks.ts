/** What an agent must do, in the order in which it is asked for. Ids are for scripts, sentences for people. */
export const CHECKS = {
  register: 'it registers with its name and its slots before it asks for work',
  poll: 'it never asks for more tasks than it has free slots',
  complete: 'it completes a task with the token it was given, and the result',
  again: 'a completion that was not answered is sent again, the same',
  failure: 'a task that fails is said to have failed, with a kind of error',
  retryAfter: 'told to come back later, it does, and not before',
  heartbeat: 'it sends heartbeats for what it runs, at least every lease',
  cancel: 'a task whose end is asked for is given back or failed, and not completed',
  stale: 'told that somebody else has the task, it drops what it did',
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

/** Collects what was seen; a check that nothing decided has not been passed. */
export class Sheet {
  readonly #found = new Map<CheckId, string | true>();

  /** A failure of a check stays, whatever comes later. */
  pass(check: CheckId): void {
    if (!this.#found.has(check)) this.#found.set(check, true);
  }

  fail(check: CheckId, found: string): void {
    if (this.#found.get(check) === undefined || this.#found.get(check) === true) this.#found.set(check, found);
  }

  /** What seemed to be missing has come after all. */
  mend(check: CheckId): void {
    this.#found.set(check, true);
  }

  verdicts(): readonly Verdict[] {
    return (Object.keys(CHECKS) as CheckId[]).map((check) => {
      const found = this.#found.get(check) ?? 'it did not happen';
      return { check, passed: found === true, says: CHECKS[check], ...(found !== true && { found }) };
    });
  }
}
