import type { ExitCode } from './exit.ts';

/**
 * What a command may know of the process around it. The entry point gives the real one, tests give their own, and no
 * command reads `process`.
 */
export interface Host {
  /** Nothing when the folder is gone. */
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** All of standard input, as text. */
  readonly stdin: () => Promise<string>;
  /** Ends when the person asks to stop (SIGINT, SIGTERM: reason `interrupted`) or nobody reads any more (`unread`). */
  readonly stop: AbortSignal;
  /** How long the command may take to end after it was asked to; three seconds unless it says so. */
  readonly allowToEnd: (ms: number) => void;
  /**
   * An error that nobody caught ends the process with the code that Node gives it; `tell` says so instead of a stack on standard
   * error, and is done when it returns.
   */
  readonly onCrash: (tell: (error: unknown) => void) => void;
  /** Ends the process at once. */
  readonly end: (code: ExitCode) => void;
  /** Milliseconds since some point in the past; never goes back. */
  readonly now: () => number;
  /** Version of Node.js, `20.19.0`. */
  readonly node: string;
  /** Today in UTC, `YYYY-MM-DD`. */
  readonly today: () => string;
}

/** A stream that takes text. */
export interface Sink {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Characters in a line; 0 where it is not a terminal. */
  readonly columns: number;
}
