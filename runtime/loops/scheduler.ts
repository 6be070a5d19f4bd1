import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { FleetReading } from '../core/fleet-reading.ts';
import { isCanary, withCanaries, withoutCanaries } from '../core/canary.ts';
import type { BeginTrace, Observer } from '../core/observer.ts';
import type { Scheduler } from '../core/scheduler.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../store/store.ts';
import { drainAgent } from './agent-drain.ts';
import { startCanary } from './canary.ts';
import { cancel, drain, redrive, setPaused, undrain } from './change.ts';
import { startChores } from './chores.ts';
import { within, type Clock } from './clock.ts';
import { complete } from './complete.ts';
import { poll } from './deliver.ts';
import { ignoreLoss, type Engine, type EngineBounds } from './engine.ts';
import { agentViews, fleetReading, fleetView } from './fleet-views.ts';
import { hinted, joinShard, sendPolicy } from './join-shard.ts';
import { leadership } from './leadership.ts';
import { openLedger } from './ledger.ts';
import { newEngine } from './new-engine.ts';
import type { PushCall } from './push-call.ts';
import { pushCallers, type PushCallers } from './push.ts';
import { register } from './registration.ts';
import { replayer } from './replayer.ts';
import { fail, heartbeat, release } from './settle.ts';
import type { ShardLink } from './shard-link.ts';
import { statusOf } from './status.ts';
import { submit } from './submit.ts';
import { tables } from './tables.ts';
import { taskPage } from './task-page.ts';
import { taskEvents, taskView, whyView } from './task-views.ts';
import { firstCeiling, tokenFloor } from './token-floor.ts';
import { NO_REASON } from './view-of-fleets.ts';

export interface SchedulerOptions {
  /** Stable over restarts, its own among all schedulers. */
  readonly name: string;
  /** Names of all schedulers, this one included. */
  readonly schedulers: readonly string[];
  readonly table: RoutingTable;
  /** Tables that were in force in its lives before, the oldest first. */
  readonly earlierTables?: readonly RoutingTable[];
  readonly store: Store;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly bounds?: Partial<EngineBounds>;
  readonly observer?: Observer;
  /** Called once for each submission; tasks carry what their submitters sent when it is absent. */
  readonly beginTrace?: BeginTrace;
  /** How push fleets are called; nobody calls them when absent. */
  readonly push?: PushCall;
  /** How often it sends a task through itself; never when absent or 0. */
  readonly canaryEveryMs?: number;
}

/** A scheduler that runs. */
export interface RunningScheduler extends Scheduler {
  /** Puts another routing table in force at once; throws for one that no compiler of ours wrote, and keeps the old one. */
  use(table: RoutingTable): void;
  refuseTable(reason: string): void;
  gauges(): readonly FleetReading[];
  /** Whether this scheduler does what only one may do. */
  leads(): boolean;
  /** Begins no more calls of push agents: somebody else may, and those under way have the time until `close`. */
  leave(): void;
  /**
   * Answers polls, takes nothing new, waits up to `callsMs` for the answers of push agents that it has called, lets the shards know
   * all they can, and lets go of the journal.
   */
  close(callsMs?: number): Promise<void>;
}

/** Reads the journal, joins the shards of every fleet, and starts to look after them. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { schedulers, store, clock, journal } = options;
  const ledger = await openLedger(journal, firstCeiling(clock.nowMs()));
  const observer = withoutCanaries(options.observer ?? {});
  const ready = (one: RoutingTable): RoutingTable => withCanaries(one, schedulers);
  const table = tables(ready(options.table), clock.nowMs(), options.earlierTables?.map(ready));
  const engine = newEngine({ options, ledger, observer, table });
  const replay = replayer({
    ledger,
    clock,
    schedulers,
    holdMs: engine.bounds.holdMs,
    progress: (event) => {
      observer.recovery?.(event);
      // The others end the hold when they see that they have lost nothing.
      const state = engine.fleets.get(event.shard);
      if (event.kind === 'begun' && state !== undefined) store.hint(state.link.shard);
    },
    strayed: (fleet, id) => void engine.strays.set(`${fleet} ${id}`, { fleet, id }),
    leftOut: (fleet, operation, because) => {
      const task = operation.op === 'submit' ? operation.task.id : 'id' in operation ? operation.id : '';
      observer.warning?.('the journal holds what no store takes, and it is left out', {
        fleet,
        task: task ?? '',
        because,
      });
    },
  });
  const tokens = tokenFloor(ledger);
  const stops = new Map<string, () => Promise<void>>();
  const push = options.push === undefined ? undefined : pushCallers(engine, options.push);
  const joinAll = (): void => {
    const fleets = new Set([...Object.keys(table.compiled.table.fleets), ...ledger.fleets()]);
    for (const fleet of fleets) {
      if (!engine.fleets.has(fleet)) stops.set(fleet, joinShard(engine, replay, tokens, fleet));
    }
    push?.follow();
  };
  joinAll();
  const lead = leadership(engine);
  const chores: (() => Promise<void>)[] = [startChores(engine, lead)];
  const { canaryEveryMs = 0 } = options;
  if (canaryEveryMs > 0) chores.push(startCanary(engine, canaryEveryMs));
  const stopHints = store.onHint((shard) => hinted(engine, shard));
  return running(engine, {
    ready,
    joinAll,
    leads: lead.leads,
    push,
    stopChores: async () => {
      await Promise.all(chores.map((stop) => stop()));
    },
    stop: async () => {
      stopHints();
      await Promise.all([...stops.values()].map((stop) => stop()));
      while (engine.asides.size > 0) await Promise.all(engine.asides);
    },
  });
}

/** What goes on outside of the calls. */
interface Rooms {
  /** A table with all that is added to it before it is in force. */
  ready(table: RoutingTable): RoutingTable;
  joinAll(): void;
  leads(): boolean;
  readonly push: PushCallers | undefined;
  /** What is done for all, and what submits tasks. Resolves when what is under way is over. */
  stopChores(): Promise<void>;
  /** The looks at the shards, and what they have set off. Resolves when nothing of it writes to the journal any more. */
  stop(): Promise<void>;
}

/** As long as the calls of most fleets may take: a third of a heartbeat. */
const CALLS_MS = 30_000;

function running(engine: Engine, rooms: Rooms): RunningScheduler {
  const { ready, joinAll, leads, push } = rooms;
  let refusedTable: string | undefined;
  let closing: Promise<void> | undefined;
  return {
    submit: (submission) => submit(engine, submission),
    task: (id) => taskView(engine, id),
    tasks: (query) => taskPage(engine, query),
    why: (id) => whyView(engine, id),
    events: (id, afterSeq, signal) => taskEvents(engine, id, afterSeq, signal),
    cancel: (id, reason) => cancel(engine, id, reason),
    redrive: (id) => redrive(engine, id),
    register: (fleet, request) => register(engine, fleet, request),
    poll: (agent, request, signal) => poll(engine, agent, request, signal),
    heartbeat: (agent, tasks) => heartbeat(engine, agent, tasks),
    complete: (run, result, next) => complete(engine, run, result, next),
    fail: (run, failure) => fail(engine, run, failure),
    release: (run) => release(engine, run),
    drainAgent: (agent) => drainAgent(engine, agent),
    agents: (fleet) => agentViews(engine, fleet),
    fleets: async () => {
      const fleets = [...engine.fleets.keys()].filter((fleet) => !isCanary(fleet));
      const views = await Promise.all(fleets.map((fleet) => fleetView(engine, fleet)));
      return views.filter((view) => view !== undefined);
    },
    fleet: (fleet) => fleetView(engine, fleet),
    pause: (fleet, reason) => setPaused(engine, fleet, reason === '' ? NO_REASON : reason),
    resume: async (fleet) => {
      await undrain(engine, fleet);
      return setPaused(engine, fleet, '');
    },
    drain: (fleet, build) => drain(engine, fleet, build),
    status: () => statusOf(engine, refusedTable),
    use: (table) => {
      engine.tables.use(ready(table), engine.clock.nowMs());
      refusedTable = undefined;
      joinAll();
      for (const state of engine.fleets.values()) void sendPolicy(engine, state);
      engine.observer.table?.({ kind: 'loaded', digest: table.digest, environment: table.environment });
    },
    refuseTable: (reason) => {
      refusedTable = reason;
      engine.observer.table?.({ kind: 'refused', reason });
    },
    leads,
    gauges: () => [...engine.fleets.values()].map((state) => fleetReading(engine, state)),
    leave: () => push?.leave(),
    close: (callsMs = CALLS_MS) => (closing ??= closeAll(engine, rooms, callsMs)),
  };
}

async function closeAll(engine: Engine, { push, stopChores, stop }: Rooms, callsMs: number): Promise<void> {
  const { clock, bounds, fleets, pool, ledger } = engine;
  engine.stopping = true;
  const chores = stopChores();
  for (const { parked } of pool.all()) parked?.answer([]);
  // The shards are looked after meanwhile: what is waited for keeps its leases, and other schedulers hear from this one.
  await Promise.all([within(clock, bounds.patienceMs, chores), push?.close(callsMs)]);
  const looks = stop();
  await within(clock, bounds.patienceMs, looks);
  await Promise.all([...fleets.values()].map(({ link }) => leave(link)));
  // Whatever still asked a shard has been refused by now. All that writes to the journal is over before that closes.
  await Promise.all([chores, looks]);
  await ledger.journal.close();
}

/** One last empty batch: the shard learns how far the journal is, and the next start has nothing to replay. */
async function leave(link: ShardLink): Promise<void> {
  if (link.state === 'up') {
    await link.ask({ op: 'inspect', lanes: [] }).catch(ignoreLoss);
  }
  await link.idle();
  link.close();
}
