import type { Json, JsonObject } from './source.ts';
import type { Priority } from './task.ts';

/**
 * What the scheduler's HTTP API and its clients say to each other, as JSON. Times are ISO 8601 in UTC, durations are whole
 * milliseconds and say so in their names. The API's schemas, its OpenAPI document and the TypeScript client are held to these
 * types; nothing here says who may do what (`runtime/api/access.ts`).
 *
 * Glossary
 * - task: one piece of work; its id comes from the submitter's tenant and idempotency key, so that a repeated submission has
 *   the same id on every scheduler
 * - agent: one process that runs tasks of one fleet; named by itself, known by `<fleet id>/<name>`
 * - token: the fencing number of one run; every write of an agent carries it, and the last one given out wins
 */
export interface SubmitRequest {
  readonly task: string;
  readonly input?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  /** Not to start before this many milliseconds are over. */
  readonly delayMs?: number;
}

export interface SubmitResponse {
  readonly id: string;
  /** `accepted`: in the journal and the store. `journaled`: in the journal; the store follows when it is back. */
  readonly status: 'accepted' | 'journaled';
  /** Another task of the same dedupe key (`joined`), or this one again (`repeated`). */
  readonly duplicate?: 'joined' | 'repeated';
  readonly fleet?: string;
  readonly route?: string;
}

export const TASK_STATES = [
  'journaled',
  'delayed',
  'ready',
  'held',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'expired',
  'dead',
] as const;
export type TaskViewState = (typeof TASK_STATES)[number];

export interface TaskView {
  readonly id: string;
  readonly task: string;
  readonly state: TaskViewState;
  readonly fleet: string;
  readonly build: string;
  readonly route: string;
  readonly priority: Priority;
  readonly attempts: number;
  readonly crashes: number;
  readonly acceptedAt: string;
  /** When it came into this state. */
  readonly since: string;
  /** `delayed`: when it becomes ready. `running`: when the run must be over. */
  readonly dueAt?: string;
  readonly agent?: string;
  /** Someone asked for its end while it ran. */
  readonly cancelAsked?: true;
  readonly reason?: string;
  /** When it was found that another input had been accepted under its key, at a scheduler that could not ask the store: that one is not done. */
  readonly conflictAt?: string;
  /** While the task is open, or dead. */
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly input?: JsonObject;
  /** When it has ended with one, while it is kept. */
  readonly result?: Json;
}

/**
 * Without bodies and results. `next` is there when there may be more: so many tasks are looked at for one page, and those of other
 * teams are left out of it, so that it may be short, or empty, and go on. A task that changes meanwhile may come twice, or not.
 */
export interface TaskPage {
  readonly tasks: readonly TaskView[];
  readonly next?: string;
}

/** One step of a task's life, as `events` streams it. `seq` rises; send the last one seen to go on after it. */
export interface TaskEvent {
  readonly seq: number;
  readonly at: string;
  readonly state: TaskViewState;
  readonly agent?: string;
  readonly attempts: number;
  readonly reason?: string;
}

export interface WhyResponse {
  readonly id: string;
  readonly state: TaskViewState;
  readonly says: string;
  readonly holds: readonly {
    readonly rule: string;
    readonly says: string;
    readonly since?: string;
    readonly until?: string;
    readonly change: string;
  }[];
  /** The change without which nothing else helps. */
  readonly nearest?: string;
}

export interface RegisterRequest {
  /** Unique among the agents of its fleet; a pod's name. */
  readonly name: string;
  /** Which build of the fleet it runs; the declared one when absent. */
  readonly build?: string;
  readonly slots: number;
}

export interface RegisterResponse {
  /** To be sent with everything else. */
  readonly agent: string;
  readonly fleet: string;
  readonly build: string;
  /** How long a poll may be held. */
  readonly pollMs: number;
  /** How long the agent has for what it runs when it is told to drain. */
  readonly drainMs: number;
}

/** The most tasks that come at once. */
export const FREE_MAX = 64;

/** Everything that another scheduler needs to know of this agent: any of them may answer it. */
export interface PollRequest {
  readonly build: string;
  readonly slots: number;
  /** Free slots, at most `FREE_MAX`. */
  readonly free: number;
  /** How long to wait for work. */
  readonly waitMs: number;
}

export interface PollResponse {
  readonly tasks: readonly Assignment[];
  /** Take nothing more, finish what runs, and go. */
  readonly drain: boolean;
}

export interface Assignment {
  readonly id: string;
  readonly token: number;
  readonly task: string;
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly input: JsonObject;
  /** From 1. */
  readonly attempt: number;
  readonly priority: Priority;
  /** The lease ends then, unless a heartbeat comes. */
  readonly heartbeatMs: number;
  readonly leasedUntil: string;
  readonly dueAt: string;
  /** W3C trace context of the submission. */
  readonly traceparent?: string;
}

/** The most tasks that one heartbeat names. */
export const BEAT_TASKS_MAX = 256;

export interface HeartbeatRequest {
  readonly tasks: readonly { readonly id: string; readonly token: number }[];
}

export interface HeartbeatResponse {
  /** In the order of the request. `gone`: another run holds the task, or it has ended; stop. */
  readonly tasks: readonly {
    readonly id: string;
    readonly lease: 'held' | 'gone';
    readonly until?: string;
    readonly cancel: boolean;
  }[];
  readonly drain: boolean;
}

export interface CompleteRequest {
  readonly agent: string;
  readonly token: number;
  readonly result?: Json;
  /** The agent takes more: what waits now comes with the answer. As a poll that nobody holds open. */
  readonly next?: NextRequest;
}

/** `free` counts the slot that the completion frees. */
export type NextRequest = Omit<PollRequest, 'waitMs'>;

export interface FailRequest {
  readonly agent: string;
  readonly token: number;
  /** Kind of the error, in the words of `retry.never`: `^[A-Za-z][A-Za-z0-9_.-]{0,63}$`. */
  readonly error: string;
  readonly message?: string;
  /** Trying again is of no use. */
  readonly final?: boolean;
  readonly retryAfterMs?: number;
}

export interface ReleaseRequest {
  readonly agent: string;
  readonly token: number;
}

/** What became of the task. `repeated`: the same write had been accepted before. */
export interface SettleResponse {
  readonly id: string;
  readonly state: TaskViewState;
  readonly repeated: boolean;
  /** When it was asked for: what the agent is to do next, if there is anything. */
  readonly next?: PollResponse;
}

export interface FleetView {
  readonly fleet: string;
  readonly team: string;
  readonly paused: boolean;
  /** Absent where an earlier version did not write it down. */
  readonly pausedSince?: string;
  /** Where somebody gave one. */
  readonly pausedReason?: string;
  readonly builds: readonly {
    readonly build: string;
    /** Share of the tasks, 0 to 1. */
    readonly weight: number;
    readonly draining: boolean;
    /** `open`: at some scheduler at least, as all of them have told. `half_open`: at the one that was asked. */
    readonly breaker: 'closed' | 'open' | 'half_open';
    /** While it is open: since when, until when, and at which schedulers where not at all. */
    readonly breakerSince?: string;
    readonly breakerUntil?: string;
    readonly breakerAt?: readonly string[];
  }[];
  readonly agents: number;
  readonly slots: { readonly busy: number; readonly free: number };
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
}

export interface AgentView {
  readonly agent: string;
  readonly fleet: string;
  readonly build: string;
  readonly slots: number;
  readonly free: number;
  readonly draining: boolean;
  readonly seenAt: string;
}

/** Redrives at most `limit` of a fleet's dead letters, or exactly those of `ids`. */
export interface RedriveRequest {
  readonly ids?: readonly string[];
  readonly limit?: number;
}

export interface RedriveResponse {
  readonly redriven: readonly string[];
  /** Those that are not ready again, and why: `is succeeded`, `is not of research/summarizer`. */
  readonly left: readonly { readonly id: string; readonly detail: string }[];
}

/** RFC 9457. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  /** Where in the request, as JSON pointers. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
