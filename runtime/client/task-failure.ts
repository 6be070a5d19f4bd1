export interface FailureOptions extends ErrorOptions {
  /** Trying again is of no use. */
  readonly final?: boolean;
  /** Not to be tried again before so long. */
  readonly retryAfterMs?: number;
}

/**
 * Thrown by a handler to say what the scheduler should make of it. `kind` is a word of `retry.never` in the fleet's spec, such as
 * `invalid_input`. Any other error is a failure of its own name that is tried again.
 */
export class TaskFailure extends Error {
  readonly kind: string;
  readonly final: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(kind: string, message: string, { final = false, retryAfterMs, ...options }: FailureOptions = {}) {
    super(message, options);
    this.name = 'TaskFailure';
    this.kind = kind;
    this.final = final;
    this.retryAfterMs = retryAfterMs;
  }
}

const KIND = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const MESSAGE_CHARACTERS = 2000;

/** What the scheduler is told of an error. */
export function failureBody(error: unknown): {
  readonly error: string;
  readonly message: string;
  readonly final?: true;
  readonly retryAfterMs?: number;
} {
  const failure = error instanceof Error ? error : new Error(String(error));
  const kind = failure instanceof TaskFailure ? failure.kind : failure.name;
  return {
    error: KIND.test(kind) ? kind : 'Error',
    message: failure.message.slice(0, MESSAGE_CHARACTERS),
    ...(failure instanceof TaskFailure && failure.final && { final: true as const }),
    ...(failure instanceof TaskFailure &&
      failure.retryAfterMs !== undefined && { retryAfterMs: Math.ceil(failure.retryAfterMs) }),
  };
}
