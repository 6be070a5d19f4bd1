import type { AdmissionBounds, Bucket } from '../core/admission.ts';
import type { BeginTrace, Observer } from '../core/observer.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Operation, Reply, ShardFacts, Store } from '../store/store.ts';
import type { AgentPool } from './agent-pool.ts';
import type { Breakers } from './breakers.ts';
import { jittered, pause, type Clock } from './clock.ts';
import type { HeldBack } from './held-back.ts';
import type { Ledger } from './ledger.ts';
import type { Roster } from './roster.ts';
import type { ShardLink } from './shard-link.ts';
import type { Tables } from './tables.ts';
import type { WrittenEnds } from './written-ends.ts';

/** What the loops share: one scheduler's rooms and what it remembers between calls. Made once, in `scheduler.ts`. */
export interface Engine {
  readonly name: string;
  /** Names of all schedulers, this one included, in order. */
  readonly schedulers: readonly string[];
  readonly store: Store;
  readonly ledger: Ledger;
  readonly ends: WrittenEnds;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly beginTrace: BeginTrace;
  readonly tables: Tables;
  readonly pool: AgentPool;
  readonly breakers: Breakers;
  readonly bounds: EngineBounds;
  readonly fleets: Map<string, FleetState>;
  /** Runs that this scheduler handed out or heard of, by task. */
  readonly runs: Map<string, Run>;
  /** Rates of providers, as `core/start-rate.ts` keeps them. */
  readonly providerRests: Map<string, number>;
  readonly buckets: Map<string, Bucket>;
  /** Those who wait for a task to change. */
  readonly watchers: Map<string, Set<() => void>>;
  /** Completions under way, by fleet, task and token. */
  readonly completing: Map<string, Promise<Reply>>;
  /** What nobody waits for but the scheduler's end; see `aside`. */
  readonly asides: Set<Promise<void>>;
  /** Tasks that are on their way from one shard to another. */
  readonly moving: Set<string>;
  /** Own promises of which a shard that had lost them says that they have gone on: they may be nowhere, and are looked for. */
  readonly strays: Map<string, Stray>;
  stopping: boolean;
  /** Why the store is away, as the observer was told. */
  storeAway: StoreFailure['kind'] | undefined;
}

export interface EngineBounds {
  readonly admission: AdmissionBounds;
  /** How long a call waits for a store that is away, before it says so. */
  readonly patienceMs: number;
  /** How long a poll is held at most. */
  readonly pollMs: number;
  /** Operations for a shard that are worth a second call before the first is answered. */
  readonly callWorth: number;
  /** Pause between two looks at a shard that has work, and at one that has none. */
  readonly tickMs: number;
  readonly idleTickMs: number;
  /** Nothing is claimed for so long after a loss, unless all have replayed before. */
  readonly holdMs: number;
}

/** What this scheduler knows of a fleet. */
export interface FleetState {
  readonly fleet: string;
  readonly link: ShardLink;
  /** Switches of the shard, as the last tick told. */
  switches: ReadonlyMap<string, string>;
  facts?: ShardFacts;
  /** When `facts` were told. */
  factsMs: number;
  /** Ready tasks, as the last answer told, or as a hint says. */
  ready: number;
  /** Since when there may be something to claim; absent after the claim. */
  wantedMs?: number;
  /** Runs started here since `facts`. */
  startedSince: number;
  /** Rates that hold its tasks back here, by provider. */
  readonly heldBack: Map<string, HeldBack>;
  /** Since when no agent is there. */
  noAgentSinceMs?: number;
  /** How many are telling the shard to set a switch. */
  saying: number;
  /** Cancellations that this scheduler has asked the shard for, and how often it had joined it by then (`link.joins`). */
  readonly cancelsSaid: Map<string, number>;
  /** Own promises that the store should know, and does not. */
  readonly unaccounted: Set<string>;
  /** Which beats of the shard the schedulers have said last that they lack nothing of, while that is asked for. */
  calling?: Promise<ReadonlyMap<string, number>>;
  /** Looks at the shard at once, and not when it is time. */
  lookSoon?: () => void;
  hintedMs: number;
  lookedMs: number;
  heldUntilMs: number;
  /** Since when this scheduler has looked after the shard without a break. */
  sinceMs: number;
  readonly roster: Roster;
  /** The roster is being shared. */
  sharing?: Promise<void>;
  /** The last drain of an agent that was asked for: one after the other, each sees how many there are. */
  lastDrain?: Promise<unknown>;
  /** When each agent was held to account last, by its id. */
  readonly blamedMs: Map<string, number>;
  /** Digest of the table whose limits this scheduler sent last. */
  policySent: string;
  /** Digest of the table whose limits the shard has, as the last answer told; empty when it has none. */
  revision: string;
}

export interface Stray {
  readonly fleet: string;
  readonly id: string;
}

export interface Run {
  readonly fleet: string;
  readonly build: string;
  readonly route: string;
  readonly team: string;
  readonly task: string;
  readonly agent: string;
  readonly token: number;
  readonly attempts: number;
  readonly attemptMax: number;
  readonly digest: string;
  readonly startedMs: number;
  /** How often this scheduler had joined the shard when it was begun (`link.joins`). */
  readonly joins: number;
  readonly dueMs: number;
  /** When its task would have expired, had it waited ever since it was accepted. */
  readonly waitsUntilMs: number;
  /** Its agent has been heard of with it: it did arrive. */
  heard?: true;
  /** The store has refused its end: it is asked before another one is written. */
  refused?: true;
  /** When this scheduler looked last whether it ended elsewhere, and whether it had then. */
  lookedMs?: number;
  isOver?: boolean;
}

export function fleetState(engine: Engine, fleet: string): FleetState | undefined {
  return engine.fleets.get(fleet);
}

/**
 * Asks a shard, and waits a while for a store that is away: until its link is up, and after an answer that was none for a pause
 * that grows, so that thousands who wait ask no more than they must.
 */
export async function askPatiently(
  { clock, bounds }: Pick<Engine, 'clock' | 'bounds'>,
  link: ShardLink,
  operation: Operation,
): Promise<Reply> {
  const until = clock.monotonicMs() + bounds.patienceMs;
  for (let failures = 0; ; failures += 1) {
    if (!link.isUp) await link.up(until - clock.monotonicMs());
    const answer = await answerOf(link, operation);
    if (!(answer instanceof StoreFailure)) return answer;
    const leftMs = until - clock.monotonicMs();
    if (leftMs <= 0) throw answer;
    await pause(clock, Math.min(leftMs, jittered(clock, RETRY_MS * 2 ** Math.min(failures, RETRY_DOUBLINGS))));
  }
}

async function answerOf(link: ShardLink, operation: Operation): Promise<Reply | StoreFailure> {
  try {
    const reply = await link.ask(operation);
    return reply.kind === 'held' ? new StoreFailure('unavailable', 'the store is being rebuilt') : reply;
  } catch (error) {
    if (error instanceof StoreFailure) return error;
    throw error;
  }
}

/** At most 0.4 s: an answer is not waited for much longer than it takes to be there. */
const RETRY_MS = 25;
const RETRY_DOUBLINGS = 4;

/** Work that nobody waits for, and that may write to the journal: it is over before that is closed. A loss ends it. */
export function aside({ asides }: Engine, work: Promise<void>): void {
  const one = work.catch(ignoreLoss).finally(() => asides.delete(one));
  asides.add(one);
}

/** As the way to catch where a store that is away, or lost, changes nothing. */
export function ignoreLoss(error: unknown): void {
  if (!(error instanceof StoreFailure)) throw error;
}

/** Tells those who watch a task that it may have changed. */
export function changed(engine: Engine, id: string): void {
  for (const wake of engine.watchers.get(id) ?? []) wake();
}

/** How often a task is looked at that nothing was heard of: it may change at another scheduler. */
const LOOK_MS = 500;

/** Until a task may have changed, at this scheduler or by then at another. */
export function waitForChange(
  { watchers, clock }: Engine,
  id: string,
  signal: AbortSignal,
  ms: number = LOOK_MS,
): Promise<void> {
  return new Promise((resolve) => {
    const waiting = watchers.get(id) ?? new Set();
    watchers.set(id, waiting);
    const wake = (): void => {
      stop();
      waiting.delete(wake);
      if (waiting.size === 0) watchers.delete(id);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const stop = clock.after(ms, wake);
    waiting.add(wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
