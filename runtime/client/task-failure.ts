export interface FailureOptions extends ErrorOptions {
  /** Trying again is of no use. */
  readonly final?: boolean;
  /** Not to be tried again before so long; a day at most. */
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
const SILENT = 'what was thrown says nothing of itself';
const DAY_MS = 86_400_000;

/** What the scheduler is told of an error. Whatever was thrown, it is something that the scheduler takes. */
export function failureBody(error: unknown): {
  readonly error: string;
  readonly message: string;
  readonly final?: true;
  readonly retryAfterMs?: number;
} {
  const { kind, message } = saidBy(error);
  const { final, retryAfterMs } = error instanceof TaskFailure ? error : {};
  return {
    error: KIND.test(kind) ? kind : 'Error',
    message: messageOf(message),
    ...(final === true && { final }),
    ...(retryAfterMs !== undefined &&
      !Number.isNaN(retryAfterMs) && { retryAfterMs: Math.ceil(Math.min(DAY_MS, Math.max(0, retryAfterMs))) }),
  };
}

/** As much of a text as is told, of whole characters: half of one would be refused, and with it what is said. */
export function messageOf(text: string): string {
  return Buffer.from(text.slice(0, MESSAGE_CHARACTERS)).toString();
}

/** By what it has and not by what it is: an error of another realm is one too. What it says may itself throw. */
function saidBy(error: unknown): { readonly kind: string; readonly message: string } {
  try {
    if (typeof error !== 'object' || error === null) return { kind: 'Error', message: String(error) };
    const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
    const word: unknown = error instanceof TaskFailure ? error.kind : name;
    const kind = typeof word === 'string' ? word : 'Error';
    if (typeof message === 'string') return { kind, message };
    const text: string | undefined = JSON.stringify(message ?? error);
    return { kind, message: text ?? SILENT };
  } catch {
    return { kind: 'Error', message: SILENT };
  }
}
