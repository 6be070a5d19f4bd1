import { SchedulerProblem } from './connection.ts';
import { drawn, pauseAfter } from './patience.ts';

/** How long work may be refused before a worker gives up; longer than a token or a table takes to be right again. */
export const REFUSED_MS = 300_000;

/** A token is renewed, a role is given, a routing table has the fleet and its build again. */
const MAY_PASS: ReadonlySet<number> = new Set([401, 403, 404]);
const LEAST_MS = 500;

/** A worker was refused work for so long that it has given up; nothing ran any more. `cause` is the last refusal. */
export class WorkerRefused extends Error {
  readonly status: number;

  constructor(who: string, seconds: number, problem: SchedulerProblem) {
    const since = seconds < 1 ? '' : ` for ${Math.round(seconds)} s`;
    const hint = HINTS[problem.status];
    const said = `the scheduler refuses work to ${who}${since} (${problem.status}): ${problem.message}`;
    super(hint === undefined ? said : `${said}; ${hint}`, { cause: problem });
    this.name = 'WorkerRefused';
    this.status = problem.status;
  }
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'see whether its token is renewed, and of an issuer that the scheduler knows',
  403: 'see whether it runs as the ServiceAccount of its fleet',
  404: 'see whether the routing table has the fleet and this build of it',
};

/** How long work has been refused without an end. No answer at all is no refusal. */
export class Refusal {
  readonly #who: string;
  readonly #forMs: number;
  #sinceMs: number | undefined;

  constructor(who: string, forMs: number) {
    this.#who = who;
    this.#forMs = forMs;
  }

  end(): void {
    this.#sinceMs = undefined;
  }

  /** What to give up with, when this refusal stands; nothing when it may pass. */
  note(error: unknown, nowMs: number): WorkerRefused | undefined {
    if (!isRefusal(error)) {
      this.end();
      return undefined;
    }
    this.#sinceMs ??= nowMs;
    const lastedMs = nowMs - this.#sinceMs;
    if (MAY_PASS.has(error.status) && lastedMs < this.#forMs) return undefined;
    return new WorkerRefused(this.#who, lastedMs / 1000, error);
  }
}

/** It has enough, or was not heard in time. */
const BUSY: ReadonlySet<number> = new Set([408, 425, 429]);

function isRefusal(error: unknown): error is SchedulerProblem {
  return error instanceof SchedulerProblem && error.status >= 400 && error.status < 500 && !BUSY.has(error.status);
}

/** How long to wait before work is asked for again. */
export function pauseBeforePoll(error: unknown, attempt: number): number {
  return pauseAfter(error, attempt) ?? LEAST_MS + drawn(attempt);
}
