import type {
  AgentView,
  FleetView,
  HeartbeatResponse,
  NextRequest,
  PollRequest,
  PollResponse,
  RegisterRequest,
  RegisterResponse,
  SubmitRequest,
  SubmitResponse,
  TaskEvent,
  TaskPage,
  TaskView,
  TaskViewState,
  WhyResponse,
} from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';

/**
 * What the scheduler can do, for whoever has been let in: the API calls it, the loops are it. Who may ask what is decided
 * before (`runtime/api/access.ts`); what is asked for is of a valid shape. It never throws for what a caller did: every
 * outcome is a value. It throws `StoreFailure` where the store is needed and does not answer.
 */
export interface Scheduler {
  /** Durable when it answers. `key`: idempotency key, 1 to 128 characters; drawn by the API when the submitter has none. */
  submit(submission: Submission): Promise<SubmitOutcome>;
  task(id: string): Promise<TaskView | undefined>;
  /** A page may be short, or empty, and have more after it. */
  tasks(query: TaskQuery): Promise<TaskPage>;
  why(id: string): Promise<WhyResponse | undefined>;
  /** What this scheduler sees of the task, from its present state to its end; ends early when the signal fires. */
  events(id: string, afterSeq: number, signal: AbortSignal): AsyncIterable<TaskEvent>;
  cancel(id: string, reason: string): Promise<ChangeOutcome>;
  /** A dead letter becomes ready again. */
  redrive(id: string): Promise<ChangeOutcome>;

  register(fleet: string, request: RegisterRequest): RegisterOutcome;
  /** Waits up to `waitMs` for work; answers at once when the signal fires. */
  poll(agent: AgentName, request: PollRequest, signal: AbortSignal): Promise<PollResponse>;
  heartbeat(agent: AgentName, tasks: readonly Held[]): Promise<HeartbeatResponse>;
  /** With `next` it also hands out what waits, if this completion is the one that counts. */
  complete(run: Run, result: Json | undefined, next?: Next): Promise<SettleOutcome>;
  fail(run: Run, failure: RunFailure): Promise<SettleOutcome>;
  /** Gives the task back; nothing is counted against it. */
  release(run: Run): Promise<SettleOutcome>;
  /**
   * The agent is told with its next poll or heartbeat, at whichever scheduler. False when none of them has seen it of late, and for
   * a push fleet: its agents are called by the schedulers.
   */
  drainAgent(agent: AgentName): Promise<boolean>;
  agents(fleet?: string): readonly AgentView[];

  fleets(): Promise<readonly FleetView[]>;
  fleet(id: string): Promise<FleetView | undefined>;
  /** False for an unknown fleet. Holds for all schedulers, and over their restarts. */
  pause(fleet: string, reason: string): Promise<boolean>;
  resume(fleet: string): Promise<boolean>;
  /** A build that drains gets no new tasks; without a build, all of them. */
  drain(fleet: string, build?: string): Promise<boolean>;
  status(): SchedulerStatus;
}

export interface Submission {
  readonly tenant: string;
  readonly key: string;
  readonly request: SubmitRequest;
  /** Bytes of the request's body. */
  readonly bytes: number;
  /** Who submits, for its rate limit. */
  readonly subject: string;
  readonly traceparent?: string;
}

export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly response: SubmitResponse }
  /** The key was used for something else. */
  | { readonly kind: 'conflict'; readonly id: string }
  /** The route answers duplicates with a refusal. */
  | { readonly kind: 'duplicate'; readonly of: string }
  /** No route takes it, or no fleet of its route can. */
  | { readonly kind: 'unroutable'; readonly because: 'no-route' | 'no-fleet'; readonly route?: string }
  /** The input breaks the schema of the task type. */
  | {
      readonly kind: 'invalid';
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    }
  /** Come back later. */
  | {
      readonly kind: 'refused';
      readonly because: 'rate' | 'queue-full' | 'key-full' | 'overloaded' | 'team-full';
      readonly retryAfterMs: number;
    }
  | { readonly kind: 'too-large'; readonly bytesMax: number }
  /** Neither the store nor room in the journal, or it shuts down. */
  | { readonly kind: 'unavailable'; readonly because: string; readonly retryAfterMs: number };

export interface TaskQuery {
  readonly fleet: string;
  readonly of: 'open' | 'dead' | 'finished';
  /** Only tasks of this tenant. */
  readonly tenant?: string;
  /** 1 to 100. */
  readonly limit: number;
  /** From a page before. */
  readonly after?: string;
}

/** Known by fleet id and the name it gave itself. */
export interface AgentName {
  readonly fleet: string;
  readonly name: string;
}

export interface Held {
  readonly id: string;
  readonly token: number;
}

/** One run of a task, by the agent that says it holds it. */
export interface Run extends Held {
  readonly agent: AgentName;
  /** Of the call that says how it ended. */
  readonly traceparent?: string;
}

/** An agent that completes a task and takes more; `signal`: it has gone, and hears nothing. */
export interface Next {
  readonly request: NextRequest;
  readonly signal: AbortSignal;
}

export interface RunFailure {
  readonly error: string;
  readonly message?: string;
  readonly final?: boolean;
  readonly retryAfterMs?: number;
}

export type RegisterOutcome =
  | { readonly kind: 'registered'; readonly response: RegisterResponse }
  /** The fleet has no such build in the routing table. */
  | { readonly kind: 'unknown-build'; readonly builds: readonly string[] }
  | { readonly kind: 'unknown-fleet' };

export type SettleOutcome =
  | {
      readonly kind: 'settled';
      readonly id: string;
      readonly state: TaskViewState;
      readonly repeated: boolean;
      readonly next?: PollResponse;
    }
  /** Another run holds the task, or it has ended otherwise. */
  | { readonly kind: 'stale'; readonly state: TaskViewState }
  /** The result breaks the output schema of the task type. */
  | { readonly kind: 'invalid'; readonly errors: readonly { readonly pointer: string; readonly detail: string }[] }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'too-large'; readonly bytesMax: number };

export type ChangeOutcome =
  | { readonly kind: 'done'; readonly task: TaskView }
  /** `cancel`: it runs; its agent learns of it with the next heartbeat. */
  | { readonly kind: 'asked'; readonly task: TaskView }
  /** Its state does not allow it. */
  | { readonly kind: 'not-now'; readonly task: TaskView }
  | { readonly kind: 'unknown' };

export interface SchedulerStatus {
  /** Journal writable, replayed, not shutting down. Does not depend on the store. */
  readonly ready: boolean;
  readonly draining: boolean;
  readonly store: 'up' | 'down' | 'recovering';
  readonly table: {
    readonly digest: string;
    /** Of its form. */
    readonly version: number;
    readonly environment: string;
    readonly loadedAtMs: number;
  };
  /** Why the last routing table that was found was refused. */
  readonly refusedTable?: string;
}
