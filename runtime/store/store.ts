import type { EndState, NewTask, Standing, TaskRecord } from '../core/task-record.ts';
import type { RoutePolicy, ShardSettings } from '../core/route-policy.ts';

/**
 * The store: the view of all tasks that every scheduler shares, and that can be rebuilt from their journals. Two
 * implementations, `memory` and `dragonfly`, answer alike; one suite (`testing/conformance.ts`) holds both to it.
 *
 * Glossary
 * - shard: one fleet's part of the store; everything in a batch happens in one shard, at once or (on an error) in part
 * - beat: how many batches of all schedulers the shard has applied; with it a scheduler that has lost nothing of its own sees
 *   that others have
 * - position: the journal number (LSN) of the last record of a scheduler that the shard has seen
 * - batch: operations that one scheduler sends in one call, in order
 * - hold: a time after a loss in which nothing is claimed and nothing ends, until every scheduler has replayed what it knows
 * - lane, flow, tag, lease, token, attempt, crash: see `core/task-record.ts`
 *
 * Promises of `apply`
 * 1. The batch is refused as a whole (`gap`, nothing changed) when the shard's position of this scheduler is not
 *    `prevLsn`, its last batch of this scheduler is not `after`, or its beat is below `beat`. Otherwise every operation is applied,
 *    in order, and last of all the position becomes `lsn` and the last batch `number`.
 * 2. Time is the store's own.
 * 3. An operation never fails on what it finds: it has a reply for every state of a task, `unknown` included.
 * 4. After a `StoreFailure` a prefix of the batch may have been applied, or all of it. Send the same batch again: every
 *    operation but `claim` has the same effect twice as once. If the answer is `gap` with its `number`, all of it had been
 *    applied. Either way ask `claimed` for what lost replies had handed out before sending another batch with claims.
 */
export interface Store {
  readonly kind: 'memory' | 'dragonfly';
  apply(shard: Shard, batch: Batch): Promise<Applied | Gap>;
  /** Tells the other schedulers that a shard may have work. Only a hint: it may be lost, and never fails. */
  hint(shard: Shard): void;
  /** Called with the shard's name (`shardName`) of each hint, also of one's own. Returns the way to stop. */
  onHint(listener: (shard: string) => void): () => void;
  /** Answers within the command's time limit; rejects with a `StoreFailure`. */
  ping(): Promise<void>;
  /** Rises with each new connection: what answers now may not be what answered before. */
  connections(): number;
  close(): Promise<void>;
}

/** Fairness and limits hold within one shard. `index` is 0 unless a fleet is split. */
export interface Shard {
  readonly fleet: string;
  readonly index: number;
}

/** `research/summarizer:0`; also the hash tag of its keys. */
export function shardName({ fleet, index }: Shard): string {
  return `${fleet}:${index}`;
}

export interface Batch {
  /** Name of the scheduler, stable over restarts. Token text. */
  readonly scheduler: string;
  /** Where the sender believes the shard is; -1 matches nothing, so that the answer tells the position. */
  readonly prevLsn: number;
  /** Where it is afterwards; equal to `prevLsn` when no operation comes from the journal. */
  readonly lsn: number;
  /** Rises by one with each batch of a scheduler; names it for `claimed`. */
  readonly number: number;
  /** The largest token this scheduler has seen; from now on the shard hands out larger ones, also after it was rolled back. */
  readonly tokenFloor: number;
  /**
   * Number of this scheduler's last batch before this one, as the sender believes; 0 for none. The position alone does not tell
   * that the shard has forgotten one which did not move it, when the next arrives late.
   */
  readonly after: number;
  /** The largest `beat` this scheduler has seen of the shard; one below it has forgotten something. */
  readonly beat: number;
  /** At most `OPERATIONS_MAX`. */
  readonly operations: readonly Operation[];
}

export const OPERATIONS_MAX = 256;

export const SWITCHES_MAX = 1000;
/** However many others there are, a fleet can be stopped, and somebody leads. */
export const ALWAYS_ROOM: ReadonlySet<string> = new Set(['paused', 'drain', 'leader']);
/** Most tasks of one claim, lanes of one inspection, and things one tick or list looks at; a claim names all lanes of a build. */
export const CLAIM_MAX = 64;
export const LANES_MAX = 256;
export const LIMIT_MAX = 1000;

export interface Applied {
  readonly kind: 'applied';
  /** The store's time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Number of batches that the shard has applied. */
  readonly beat: number;
  /** Of the last `policy`; empty when there is none: send it, nothing is claimed before. */
  readonly revision: string;
  /** Nothing is claimed before this time; 0 when nothing holds. */
  readonly holdUntilMs: number;
  /** Tasks that are ready, after the batch. */
  readonly ready: number;
  /** One for each operation, in order. */
  readonly replies: readonly Reply[];
}

/** Nothing was changed: the shard is elsewhere. Smaller: it has forgotten. Larger: an earlier reply was lost. */
export interface Gap {
  readonly kind: 'gap';
  readonly position: number;
  /** Of the last batch of this scheduler that the shard knows; 0 when it knows none. */
  readonly number: number;
  readonly beat: number;
}

export type Operation =
  | Submit
  | Claim
  | Complete
  | Fail
  | Heartbeat
  | Cancel
  | Remove
  | Relane
  | Redrive
  | Tick
  | Finish
  | Restore
  | Begin
  | End
  | Policy
  | Switch
  | Get
  | List
  | Inspect
  | Claimed
  | Present
  | Roster;

/**
 * Accepts a task, unless it is known, a duplicate, or there is no room for it. One that says when it was accepted is a replay:
 * it was promised, so only `known` keeps it out; it says of a task of which only its end is known what was submitted; and its
 * dedupe window is that of its acceptance.
 */
interface Submit {
  readonly op: 'submit';
  readonly task: NewTask;
  /** Of a replay: it is over, and nothing is to run. The answer is `known` or `unknown`. */
  readonly over?: true;
}

/** Leases up to `count` tasks of the lanes to an agent, the smallest tags first, as far as the routes' limits let it. */
interface Claim {
  readonly op: 'claim';
  readonly agent: string;
  /** Those of the agent's build; leave out what must not start now (a breaker, a drained build). */
  readonly lanes: readonly number[];
  readonly count: number;
  /** Tasks it may look at and set aside (for their key or agent) before it gives up. */
  readonly looks: number;
}

/** The agent finished: accepted while the task is open and nobody else holds it. */
interface Complete {
  readonly op: 'complete';
  readonly id: string;
  readonly token: number;
  /** JSON text, at most `RESULT_BYTES_MAX` bytes. */
  readonly result: string;
}

/**
 * The agent gave up, or gives back. What comes next is decided by the sender (`core/after-failure.ts`), but not how often that was
 * before: of what the sender has read a journal may have brought back more since.
 */
interface Fail {
  readonly op: 'fail';
  readonly id: string;
  readonly token: number;
  /**
   * `retry` counts an attempt, `release` does not; both wait `delayMs`. `failed` is an end, `dead` a dead letter. Whose end was
   * asked for is cancelled, whatever is said here.
   */
  readonly then: 'retry' | 'release' | 'failed' | 'dead';
  /** Of a `retry`: what has failed so often is a dead letter instead. Any number when absent. */
  readonly attemptMax?: number;
  readonly delayMs: number;
  /** Token text. */
  readonly reason: string;
  readonly result: string;
}

/**
 * The agent is alive: the lease lasts on, but never past the end of the run. During a hold nobody is told that it is gone: it may
 * come back.
 */
interface Heartbeat {
  readonly op: 'heartbeat';
  readonly id: string;
  readonly token: number;
}

/** Ends a task that waits or is dead; asks a running one to end: however its run ends, unless it succeeds, it is the last. */
interface Cancel {
  readonly op: 'cancel';
  readonly id: string;
  readonly reason: string;
}

/** Takes a waiting task out of this shard, to be submitted to another: it ends as `moved`. */
interface Remove {
  readonly op: 'remove';
  readonly id: string;
  readonly reason: string;
}

/** Moves a waiting task to another lane of this shard: its build is gone. */
interface Relane {
  readonly op: 'relane';
  readonly id: string;
  readonly lane: number;
}

/** A dead letter becomes ready again, with nothing counted against it. */
interface Redrive {
  readonly op: 'redrive';
  readonly id: string;
}

/**
 * Looks at what is due: leases and delays, tasks that wait (queue ages, aging, notices), old results and names. At most `limit` of
 * each, so that however many wait, a lease that has run out is found in time; with 0 it only tells the switches.
 */
interface Tick {
  readonly op: 'tick';
  readonly limit: number;
}

/**
 * Replay of an end from a journal: makes it so, whatever the shard knows, also of a task it does not know. Of two ends the first
 * that comes stays, but for a success: it gives way to that of a later run, and to any other end of its own run or a later one.
 */
interface Finish {
  readonly op: 'finish';
  readonly id: string;
  readonly state: EndState;
  readonly token: number;
  readonly digest: string;
  readonly reason: string;
  readonly result: string;
}

/**
 * Replay of what became of the last run of a task that has not ended: makes it so unless the shard knows of a later run, or more
 * of this one (`leased`, then `dead`, then `waiting`). Of a task it does not know (`unknown`) it is kept, and done with the replay
 * of the submission. To be sent while the shard holds, so that nobody begins a run before.
 */
interface Restore {
  readonly op: 'restore';
  readonly id: string;
  readonly standing: Standing;
}

/** This scheduler begins to replay: the shard holds for `holdMs` (at most 60,000), or until all have said `end` after this. */
interface Begin {
  readonly op: 'begin';
  readonly holdMs: number;
}

/** This scheduler has replayed. The hold ends when all of `schedulers` (1 to 16) have. */
interface End {
  readonly op: 'end';
  readonly schedulers: readonly string[];
}

/**
 * The limits of every route, at most `ROUTES_OF_FLEET_MAX`, and of the shard. Replaces what was there; routes that are not named
 * have no limits.
 */
interface Policy {
  readonly op: 'policy';
  /** The routing table's digest. Token text, not empty. */
  readonly revision: string;
  readonly settings: ShardSettings;
  readonly routes: readonly RoutePolicy[];
}

/**
 * Sets or (`value` empty) clears a switch that all schedulers see with their next `tick`. There are at most `SWITCHES_MAX`: another
 * one is `full`, but those of `ALWAYS_ROOM` find room beside them. `paused` with any
 * value stops claims of this shard. Name and value are token texts, the value of up to 2,500 characters: somebody's reason is in it.
 */
interface Switch {
  readonly op: 'switch';
  readonly name: string;
  readonly value: string;
  /** Of one that journals keep: when it was said. An earlier word than the one that holds changes nothing (`passed`). */
  readonly atMs?: number;
}

interface Get {
  readonly op: 'get';
  readonly id: string;
}

/** Tasks without bodies: `open` of a lane, first those that wait, each in the order of ids; `dead` and `finished`, the newest first. */
interface List {
  readonly op: 'list';
  readonly of: 'open' | 'dead' | 'finished';
  /** For `open`. */
  readonly lane?: number;
  readonly offset: number;
  readonly limit: number;
}

/** Counts of the shard and of lanes; with a task, what it takes to explain why it waits. */
interface Inspect {
  readonly op: 'inspect';
  readonly lanes: readonly number[];
  readonly id?: string;
}

/**
 * What a batch of this scheduler had handed out, when its reply was lost: those of its leases that still hold. Two batches may be
 * under way, so two are known: of those that handed something out the last with an even number, and the last with an odd one.
 */
interface Claimed {
  readonly op: 'claimed';
  readonly number: number;
}

/**
 * This scheduler lacks nothing here: all that it had told anyone when it saw the batch's `beat` is in the shard. Asks of which
 * beats `schedulers` (at most 16) have said so last.
 */
interface Present {
  readonly op: 'present';
  readonly schedulers: readonly string[];
}

/**
 * Writes down what this scheduler knows of agents, and reads what all schedulers have written since `after` (0 for all, else a
 * reply's `upTo`), at most `ROSTER_PAGE` in the order of writing. Of one agent only the last note is kept. What was written
 * 60 s ago is forgotten, and the oldest of more than 10,000 agents.
 */
interface Roster {
  readonly op: 'roster';
  /** At most 1,000 of a batch. */
  readonly notes: readonly AgentNote[];
  readonly after: number;
}

export interface AgentNote {
  /** Token text. */
  readonly agent: string;
  /** Token text of up to 500 characters: whatever the schedulers tell each other. */
  readonly note: string;
}

export const ROSTER_PAGE = 250;

export type Reply =
  /** `submit`. `shed`: a less urgent task that ended (`expired`) to make room. */
  | { readonly kind: 'accepted'; readonly shed?: TaskRecord }
  /** `submit`: this id is known. Compare the digests. */
  | { readonly kind: 'known'; readonly record: TaskRecord }
  /** `submit`: another task has the same dedupe key. */
  | { readonly kind: 'duplicate'; readonly of: string }
  /** `submit`: the route's queue is full, or its key has as many as it may. */
  | { readonly kind: 'refused'; readonly because: 'queue-full' | 'key-full' }
  /** `claim`, `claimed`. `held`: nothing was claimed because of the shard's hold, `paused`, or because it has no policy. */
  | {
      readonly kind: 'claims';
      readonly claims: readonly ClaimedTask[];
      readonly held?: 'hold' | 'paused' | 'no-policy';
    }
  /** The operation took effect. `record` is the task afterwards. */
  | { readonly kind: 'done'; readonly record: TaskRecord }
  /** It had taken effect before; nothing changed. */
  | { readonly kind: 'already'; readonly record: TaskRecord }
  /** Another lease holds, or the task has ended otherwise; nothing changed. */
  | { readonly kind: 'stale'; readonly record: TaskRecord }
  /** `heartbeat`. */
  | { readonly kind: 'alive'; readonly untilMs: number; readonly cancel: boolean }
  /** `cancel`: it runs; its agent learns of it with the next heartbeat. */
  | { readonly kind: 'asked'; readonly record: TaskRecord }
  /** `remove`: everything needed to submit it elsewhere. */
  | { readonly kind: 'removed'; readonly record: TaskRecord; readonly body: string }
  /**
   * `complete`, `fail`, `cancel`, `remove`, `redrive`, and a `heartbeat` of a lease that is not known: nothing changed, because of
   * the shard's hold. Ask again.
   */
  | { readonly kind: 'held' }
  /** The shard does not know this task. */
  | { readonly kind: 'unknown' }
  /** `tick`. */
  | { readonly kind: 'ticked'; readonly events: readonly TickEvent[]; readonly switches: ReadonlyMap<string, string> }
  /** `get`. The body is gone when the task has ended; the result is there when it has one that is still kept. */
  | { readonly kind: 'task'; readonly record: TaskRecord; readonly body?: string; readonly result?: string }
  /** `list`. */
  | { readonly kind: 'tasks'; readonly records: readonly TaskRecord[] }
  /** `inspect`. */
  | { readonly kind: 'facts'; readonly facts: ShardFacts }
  /** `present`: the beat of each scheduler that was asked for, 0 when it has said nothing. */
  | { readonly kind: 'present'; readonly beats: readonly number[] }
  /** `roster`. */
  | { readonly kind: 'roster'; readonly notes: readonly KnownAgent[]; readonly upTo: number }
  /** `switch`: nothing changed, what holds was said later, at `atMs`. */
  | { readonly kind: 'passed'; readonly atMs: number }
  /** `switch`: nothing changed, there are as many as the shard takes. */
  | { readonly kind: 'full' }
  /** `begin`, `end`, `policy`, `switch`. */
  | { readonly kind: 'ok' };

export interface KnownAgent extends AgentNote {
  /** The scheduler that wrote it. */
  readonly by: string;
}

export interface ClaimedTask {
  readonly record: TaskRecord;
  readonly body: string;
  /** When the lease ends unless a heartbeat comes. */
  readonly untilMs: number;
}

/** Something a tick did or saw. The record is the task afterwards. */
export interface TickEvent {
  /**
   * `lost`: a lease ran out, counted as a crash. `timeout`: a run took too long, counted as an attempt. Either may have made
   * the task `dead`. `expired`: it waited too long. `cancelled`: it was asked to end and its lease ran out. `waited`: it has
   * waited another `noticeMs`. `promoted`: its delay is over. `aged`: its priority rose. `returned`: it is no longer held.
   * `dropped`: the oldest dead letter went, because there are too many.
   */
  readonly kind: 'lost' | 'timeout' | 'expired' | 'cancelled' | 'waited' | 'promoted' | 'aged' | 'returned' | 'dropped';
  readonly record: TaskRecord;
}

export interface ShardFacts {
  readonly ready: number;
  readonly held: number;
  readonly dead: number;
  readonly finished: number;
  readonly resultBytes: number;
  readonly paused: boolean;
  readonly lanes: readonly LaneFacts[];
  /** Of the task that was asked for; absent when it is unknown. */
  readonly task?: TaskFacts;
}

export interface LaneFacts {
  readonly lane: number;
  /** Tasks that are ready, held or delayed. */
  readonly waiting: number;
  readonly running: number;
  /** Running in all lanes of the route: what its `inFlight` counts. */
  readonly routeRunning: number;
  /** When the ready task that comes first was accepted; 0 when none is ready. */
  readonly firstAcceptedMs: number;
  /** When the route's rate lets the next task start; 0 for now. */
  readonly rateUntilMs: number;
}

export interface TaskFacts {
  readonly record: TaskRecord;
  /** Ready tasks of its lane that come first. */
  readonly ahead: number;
  /** Running tasks with its key. */
  readonly keyRunning: number;
  /** The agent its affinity binds it to, and until when. */
  readonly bound?: { readonly agent: string; readonly untilMs: number };
}
