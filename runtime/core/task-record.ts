import type { Priority } from '../../spec/contract/task.ts';

/**
 * A task as the scheduler keeps it.
 *
 * Glossary
 * - task: one piece of work, from its acceptance to its end; known by its id
 * - body: what was submitted, as JSON text; the scheduler's middle never looks inside
 * - lane: the waiting line of one route and one build of a fleet, as a number (`lane.ts`)
 * - flow: whose turn it is; flows share a fleet by start-time fair queueing
 * - cost: how far one task moves its flow's turn; the smaller, the larger the flow's share
 * - tag: a task's turn in its lane; the smallest is next
 * - lease: the right of one agent to run one task until a time
 * - token: the fencing number of a lease; every lease of a task has a larger one than the last. It is the store's time in
 *   microseconds when the lease began, or just above the last one where the clock was set back
 * - attempt: a run that ended with an error or ran too long
 * - crash: a run of which nothing was heard any more; counted apart from attempts
 * - token text: printable ASCII without `|` and space, 1 to 96 characters; see `store-key.ts`
 * - reason: token text of up to 2,500 characters; see `reason-text.ts`
 */
export interface NewTask {
  /** 1 to 64 of `A-Z a-z 0-9 . _ : -`. */
  readonly id: string;
  readonly lane: number;
  readonly priority: Priority;
  /** Token text. */
  readonly flow: string;
  /** Whole, from 1 to `COST_MAX`; see `fairness.ts`. */
  readonly cost: number;
  /** What its route's `perKey` limit counts by. Token text. */
  readonly key?: string;
  /** What its route keeps together on one agent. Token text. */
  readonly affinity?: string;
  /** Tasks with the same key (token text) within the window are the same; the first decides. */
  readonly dedupe?: { readonly key: string; readonly windowMs: number };
  /** Ready only after this; 0 for now. */
  readonly delayMs: number;
  /** Expires when it was ready this long without being started; 0 for never. */
  readonly queueMs: number;
  /** Reported by `tick` each time it has waited this long, so that a fallback can be tried; 0 for never. */
  readonly noticeMs: number;
  /** How long a lease lasts after each heartbeat. */
  readonly leaseMs: number;
  /** How long a run may take in all. */
  readonly runMs: number;
  /** Runs that may fail before it is a dead letter; at least 1. */
  readonly attemptMax: number;
  /** Delay of the next run when one ran too long. */
  readonly retryMs: number;
  /** Of what was submitted; tells a repeated submission from another one with the same id. Token text. */
  readonly digest: string;
  /** At most `BODY_BYTES_MAX` bytes of UTF-8. */
  readonly body: string;
  /** When it was accepted, in milliseconds since 1970; the store's time when absent. Given when a journal is replayed. */
  readonly acceptedMs?: number;
  /** Attempts and crashes so far; given on replay and when it comes from another shard. */
  readonly attempts?: number;
  readonly crashes?: number;
}

/**
 * `delayed` until a time, `ready` in its lane, `held` for its key or its agent, `leased` to an agent, `dead` until someone
 * redrives it. The others are ends.
 */
export const OPEN_STATES = ['delayed', 'ready', 'held', 'leased'] as const;
export const END_STATES = ['succeeded', 'failed', 'cancelled', 'expired', 'moved'] as const;
export type OpenState = (typeof OPEN_STATES)[number];
export type EndState = (typeof END_STATES)[number];
export type TaskState = OpenState | EndState | 'dead';

/** What the store knows of a task besides its body and its result. Times are milliseconds since 1970, of the store. */
export interface TaskRecord {
  readonly id: string;
  readonly state: TaskState;
  /** Turn in its lane; absent until it was ready once. */
  readonly tag?: number;
  /** Of the last lease; 0 before the first. */
  readonly token: number;
  /** Of the last lease. */
  readonly agent?: string;
  readonly attempts: number;
  /** Crashes within the window of the poison rule. */
  readonly crashes: number;
  readonly acceptedMs: number;
  /** When it came into this state; ready and held count as one, so that holding does not make it younger. */
  readonly sinceMs: number;
  /** `delayed`: when it becomes ready. `leased`: when the run must be over. */
  readonly dueMs?: number;
  /** Someone asked for its end while it ran. */
  readonly cancelAsked: boolean;
  /** It waited long enough for its agent: any may take it. */
  readonly spilled: boolean;
  /** As raised by waiting. */
  readonly priority: Priority;
  readonly basePriority: Priority;
  readonly lane: number;
  readonly flow: string;
  readonly cost: number;
  readonly key?: string;
  readonly affinity?: string;
  readonly queueMs: number;
  readonly noticeMs: number;
  readonly leaseMs: number;
  readonly runMs: number;
  readonly attemptMax: number;
  readonly retryMs: number;
  readonly digest: string;
  /** Why it ended, or why it is dead. Token text. */
  readonly reason?: string;
}

/** What became of the last run of a task that has not ended: what a journal keeps of it, and a replay says. */
export interface Standing {
  /** `leased` to an agent. `waiting` for another run, `dead` until someone redrives it. */
  readonly state: 'leased' | 'waiting' | 'dead';
  /** Of that run. */
  readonly token: number;
  /** Attempts and crashes with that run. */
  readonly attempts: number;
  readonly crashes: number;
  /** Whose run it was; may be empty unless it is `leased`. Token text. */
  readonly agent: string;
  /** Since when. Milliseconds since 1970, of the store. */
  readonly sinceMs: number;
  /** `leased`: when the run must be over. `waiting`: when it may run again; 0 for at once. */
  readonly dueMs: number;
  /** Token text, or empty. */
  readonly reason: string;
  /** Of a dead letter. JSON text. */
  readonly result: string;
}

/** The reason of a task that was given back because the agent of its push fleet could not be called. */
export const NOBODY_THERE = 'nobody-there';

export const COST_MAX = 1_000_000_000;
export const BODY_BYTES_MAX = 65_536;
export const RESULT_BYTES_MAX = 65_536;
