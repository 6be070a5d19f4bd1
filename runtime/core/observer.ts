import type { Priority } from '../../spec/contract/task.ts';

/**
 * What the scheduler tells about itself: the loops call it, metrics, traces, logs and the audit log listen. A listener never
 * throws and never waits. Seconds are of this process's monotonic clock.
 */
export interface Observer {
  readonly submitted?: (event: Submitted) => void;
  readonly assigned?: (event: Assigned) => void;
  /** A run ended, and with it perhaps the task: told once of each run, at whichever scheduler hears of it. */
  readonly settled?: (event: Settled) => void;
  readonly passed?: (event: Passed) => void;
  readonly retried?: (event: Of & { readonly reason: 'timeout' | 'agent_lost' | 'error' | 'backpressure' }) => void;
  /** A task came to its end, or became a dead letter: told once, at whichever scheduler hears of it. */
  readonly finished?: (event: Finished) => void;
  /** `reason`: why it is open, where that is not in what else is told. */
  readonly breaker?: (dependency: string, state: 'closed' | 'open' | 'half_open', reason?: string) => void;
  readonly store?: (operation: StoreOperation, seconds: number) => void;
  readonly synced?: (seconds: number) => void;
  /** The peer has a piece of the journal. */
  readonly mirrored?: (seconds: number) => void;
  readonly table?: (event: TableChange) => void;
  readonly recovery?: (event: Recovery) => void;
  /** An input that was accepted here is not done: its key had been used for another one where this scheduler could not ask. */
  readonly keyConflict?: (event: { readonly fleet: string; readonly id: string; readonly digest: string }) => void;
  /** So many of the oldest records of the audit log went: it is as large as it may be. */
  readonly auditRetired?: (records: number) => void;
  /** A task that the scheduler sent through itself. */
  readonly canary?: (outcome: 'ok' | 'late' | 'failed', step: CanaryStep) => void;
  /** Something that an operator should know, and that no other event says. */
  readonly warning?: (message: string, details: Readonly<Record<string, string | number>>) => void;
}

/**
 * Begins the trace of a submission, or goes on with the one that it came with: what it returns is the task's `traceparent`, in the
 * journal, in the store and for its agent. `submitted` with that ends what was begun.
 */
export type BeginTrace = (traceparent: string | undefined) => string | undefined;

/** How far such a task came: the last one is out of the way, it was accepted, an agent has it, its end is durable. */
export type CanaryStep = 'clear' | 'submit' | 'assign' | 'complete' | 'done';

export interface Of {
  readonly fleet: string;
  /** Empty for a task that no route takes. */
  readonly route: string;
}

/** Of one that was refused: where it would have gone first, when that was known. */
export interface Submitted extends Of {
  readonly outcome: 'accepted' | 'invalid' | 'unauthorized' | 'shed' | 'error';
  /** Absent when it was not accepted. */
  readonly id?: string;
  readonly task: string;
  readonly tenant: string;
  readonly traceparent?: string;
  readonly seconds: number;
}

export interface Assigned extends Of {
  readonly id: string;
  readonly task: string;
  readonly agent: string;
  readonly attempt: number;
  readonly priority: Priority;
  readonly traceparent?: string;
  /** From eligible, with a slot free, to durable. */
  readonly assignmentSeconds: number;
  /** From accepted (or ready again) to assigned. */
  readonly waitSeconds: number;
}

export interface Settled extends Of {
  readonly id: string;
  readonly agent: string;
  /** `lost`: it was given up, nothing was heard of it in time. */
  readonly outcome: 'succeeded' | 'failed' | 'released' | 'stale' | 'lost';
  /** Of a run that another scheduler began by the store's clock. Absent for `stale`: that run ended before. */
  readonly runSeconds?: number;
  /** What its agent said it in, where it did. */
  readonly traceparent?: string;
}

/** A run that began here ended at another scheduler, which has told how, and counted it. */
export interface Passed extends Of {
  readonly id: string;
  /** `repeated`: the task goes on. */
  readonly outcome: Finished['outcome'] | 'repeated';
  /** Milliseconds since 1970, of the store; absent where the task has gone on since. */
  readonly endedMs?: number;
}

export interface Finished extends Of {
  readonly id: string;
  readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'dead_lettered' | 'expired';
  readonly reason?: string;
}

export type StoreOperation =
  'submit' | 'claim' | 'heartbeat' | 'complete' | 'fail' | 'sweep' | 'read' | 'register' | 'replay';

export type TableChange =
  | { readonly kind: 'loaded'; readonly digest: string; readonly environment: string }
  | { readonly kind: 'refused'; readonly reason: string };

export interface Recovery {
  readonly kind: 'begun' | 'done';
  readonly shard: string;
  /** Records sent to the store again. */
  readonly records: number;
}
