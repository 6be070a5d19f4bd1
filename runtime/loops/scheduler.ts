import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { RegisterRequest } from '../../spec/contract/protocol.ts';
import type { FleetReading } from '../core/fleet-reading.ts';
import { isCanary, withCanaries, withoutCanaries } from '../core/canary.ts';
import type { BeginTrace, Observer, StoreOperation } from '../core/observer.ts';
import { DEFAULT_SETTINGS } from '../core/route-policy.ts';
import type { RegisterOutcome, Scheduler, SchedulerStatus } from '../core/scheduler.ts';
import type { Journal } from '../journal/journal.ts';
import { type Applied, type Operation, type Store } from '../store/store.ts';
import { agentPool } from './agent-pool.ts';
import { breakers, providerBreaker } from './breakers.ts';
import { beginAnew, drainAgent } from './agent-drain.ts';
import { cancel, drain, redrive, setPaused, undrain } from './change.ts';
import { startCanary } from './canary.ts';
import { pause as wait, within, type Clock } from './clock.ts';
import { claimsFor, poll, want } from './deliver.ts';
import { aside, ignoreLoss, type Engine, type EngineBounds, type FleetState } from './engine.ts';
import { agentViews, fleetReading, fleetView } from './fleet-views.ts';
import { noteHeldBack } from './held-back.ts';
import { leadership, type Leadership } from './leadership.ts';
import { openLedger } from './ledger.ts';
import { resumeMoves } from './move.ts';
import { lookAtRuns } from './passed-runs.ts';
import { reconciler } from './reconcile.ts';
import { pushCallers, type PushCallers } from './push.ts';
import type { PushCall } from './push-call.ts';
import { replayer, type Replayer } from './replayer.ts';
import { sayPresent } from './roll-call.ts';
import { emptyRoster, SILENT_MS } from './roster.ts';
import { schedules } from './schedules.ts';
import { complete } from './complete.ts';
import { fail, heartbeat, release } from './settle.ts';
import { ShardLink, type LinkContext } from './shard-link.ts';
import { submit } from './submit.ts';
import { startSweep } from './sweep.ts';
import { tables } from './tables.ts';
import { firstCeiling, tokenFloor, type TokenFloor } from './token-floor.ts';
import { taskEvents, taskPage, taskView, whyView } from './task-views.ts';
import { tellUnheard } from './unheard.ts';
import { NO_REASON } from './view-of-fleets.ts';
import { tellWords } from './words.ts';
import { writtenEnds } from './written-ends.ts';

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

export const DEFAULT_BOUNDS: EngineBounds = {
  admission: {
    bodyBytesMax: 65_536,
    journalBytesMax: 1_073_741_824,
    backlogAgeMsMax: 5000,
    sender: { perSecond: 2000, burst: 4000 },
  },
  patienceMs: 5000,
  pollMs: 30_000,
  // By then a longer batch costs hardly less for each of them.
  callWorth: 40,
  tickMs: 250,
  idleTickMs: 1000,
  holdMs: 30_000,
};

/** Reads the journal, joins the shards of every fleet, and starts to look after them. */
export async function startScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
  const { name, schedulers, store, clock, journal } = options;
  const ledger = await openLedger(journal, firstCeiling(clock.nowMs()));
  const observer = withoutCanaries(options.observer ?? {});
  const ready = (one: RoutingTable): RoutingTable => withCanaries(one, schedulers);
  const table = tables(ready(options.table), clock.nowMs(), options.earlierTables?.map(ready));
  const engine: Engine = {
    name,
    schedulers,
    store,
    ledger,
    ends: writtenEnds(),
    clock,
    observer,
    beginTrace: options.beginTrace ?? ((traceparent) => traceparent),
    tables: table,
    pool: agentPool(() => clock.nowMs()),
    breakers: breakers(
      () => clock.nowMs(),
      (dependency) => breakerSettings(table.compiled.table, dependency),
      (dependency, state) => observer.breaker?.(dependency, state === 'half-open' ? 'half_open' : state),
    ),
    bounds: { ...DEFAULT_BOUNDS, ...options.bounds },
    fleets: new Map(),
    runs: new Map(),
    providerRests: new Map(),
    buckets: new Map(),
    watchers: new Map(),
    completing: new Map(),
    asides: new Set(),
    moving: new Set(),
    stopping: false,
    storeDown: false,
  };
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
      if (!engine.fleets.has(fleet)) stops.set(fleet, join(engine, replay, tokens, fleet));
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

function running(engine: Engine, { ready, joinAll, leads, push, stopChores, stop }: Rooms): RunningScheduler {
  let refusedTable: string | undefined;
  let closing: Promise<void> | undefined;
  const close = async (callsMs: number): Promise<void> => {
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
  };
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
    close: (callsMs = CALLS_MS) => (closing ??= close(callsMs)),
  };
}

/** One last empty batch: the shard learns how far the journal is, and the next start has nothing to replay. */
async function leave(link: ShardLink): Promise<void> {
  if (link.state === 'up') {
    await link.ask({ op: 'inspect', lanes: [] }).catch(ignoreLoss);
  }
  await link.idle();
  link.close();
}

function join(engine: Engine, replay: Replayer, tokens: TokenFloor, fleet: string): () => Promise<void> {
  const context: LinkContext = {
    scheduler: engine.name,
    store: engine.store,
    clock: engine.clock,
    tokens,
    callWorth: engine.bounds.callWorth,
    replay: (link, position) => replay.replay(link, position),
    claims: (_, operations, room) => claimsFor(engine, state, operations, room),
    applied: (_, applied) => noteApplied(engine, state, applied),
    state: (_, linkState) => {
      if (linkState === 'up') {
        state.sinceMs = engine.clock.nowMs();
        state.lookSoon?.();
        void sendPolicy(engine, state);
      }
      noteStore(engine);
    },
    unheard: (_, operations) => aside(engine, tellUnheard(engine, state, operations)),
    timed: (operations, seconds) => engine.observer.store?.(operationName(operations), seconds),
  };
  const link = new ShardLink({ fleet, index: 0 }, engine.ledger.newest(fleet), context);
  const state: FleetState = {
    fleet,
    link,
    switches: new Map(),
    factsMs: 0,
    ready: 0,
    startedSince: 0,
    heldBack: new Map(),
    saying: 0,
    cancelsSaid: new Map(),
    unaccounted: new Set(),
    hintedMs: 0,
    lookedMs: 0,
    heldUntilMs: 0,
    sinceMs: engine.clock.nowMs(),
    roster: emptyRoster(),
    blamedMs: new Map(),
    policySent: '',
    revision: '',
  };
  engine.fleets.set(fleet, state);
  link.open();
  return startSweep(engine, state);
}

function noteApplied(engine: Engine, state: FleetState, { ready, revision, holdUntilMs, nowMs }: Applied): void {
  const more = ready > state.ready;
  state.ready = ready;
  if (holdUntilMs > state.heldUntilMs) {
    // This shard has lost nothing of this scheduler's: the batch would have been refused.
    void state.link.ask({ op: 'end', schedulers: engine.schedulers }).catch(ignoreLoss);
  }
  state.heldUntilMs = holdUntilMs;
  state.revision = revision;
  if (revision !== state.policySent && (revision === '' || state.policySent === '')) void sendPolicy(engine, state);
  if (ready === 0) return;
  if (noteHeldBack(engine, state)) void tellWords(engine, state);
  if (engine.pool.parked(state.fleet).size > 0) {
    if (more) want(engine, state);
  } else hint(engine, state, nowMs);
}

const HINT_EVERY_MS = 5;

function hint({ store, schedulers, clock }: Engine, state: FleetState, _nowMs: number): void {
  if (schedulers.length === 1 || clock.monotonicMs() - state.hintedMs < HINT_EVERY_MS) return;
  state.hintedMs = clock.monotonicMs();
  store.hint(state.link.shard);
}

/** Another scheduler says that a shard has something to claim, or that it replays or calls the roll and waits for the others. */
function hinted(engine: Engine, shard: string): void {
  const state = engine.fleets.get(shard.slice(0, shard.lastIndexOf(':')));
  if (state === undefined) return;
  if (engine.pool.parked(state.fleet).size > 0) {
    state.ready = Math.max(1, state.ready);
    want(engine, state);
  }
  if (state.link.state !== 'up' || engine.clock.monotonicMs() - state.lookedMs < LOOK_EVERY_MS) return;
  state.lookedMs = engine.clock.monotonicMs();
  // One that drains here may have begun anew there.
  if (engine.pool.of(state.fleet).some(({ draining }) => draining)) state.lookSoon?.();
  void sayPresent(engine, state).catch(ignoreLoss);
}

const LOOK_EVERY_MS = 25;

async function sendPolicy(engine: Engine, state: FleetState): Promise<void> {
  const { table } = engine.tables.compiled;
  state.policySent = table.digest;
  const routes = engine.tables.policies(state.fleet);
  await state.link
    .ask({ op: 'policy', revision: table.digest, settings: DEFAULT_SETTINGS, routes })
    .catch((error: unknown) => {
      state.policySent = '';
      ignoreLoss(error);
    });
}

function register(engine: Engine, fleet: string, request: RegisterRequest): RegisterOutcome {
  const declared = engine.tables.compiled.table.fleets[fleet];
  if (declared === undefined) return { kind: 'unknown-fleet' };
  const builds = Object.keys(declared.builds);
  const build = request.build ?? mostWeight(declared.builds);
  const known = build !== undefined && builds.includes(engine.tables.buildOf(fleet, build));
  if (build === undefined || !known) return { kind: 'unknown-build', builds };
  const agent = engine.pool.see({ fleet, name: request.name }, { build, slots: request.slots, free: request.slots });
  agent.bornMs = engine.clock.nowMs();
  const state = engine.fleets.get(fleet);
  // A new life under the same name, as a pod that was started again has.
  if (state !== undefined) void beginAnew(engine, state, agent);
  return {
    kind: 'registered',
    response: {
      agent: agent.name,
      fleet,
      build,
      pollMs: engine.bounds.pollMs,
      drainMs: declared.drainMs,
    },
  };
}

function mostWeight(builds: Readonly<Record<string, number>>): string | undefined {
  return Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0) || (a < b ? -1 : 1))[0];
}

function statusOf(engine: Engine, refusedTable: string | undefined): SchedulerStatus {
  const { compiled, loadedAtMs } = engine.tables;
  const { digest, schema: version, environment } = compiled.table;
  return {
    ready: !engine.stopping,
    draining: engine.stopping,
    store: storeState(engine),
    table: { digest, version, environment, loadedAtMs },
    ...(refusedTable !== undefined && { refusedTable }),
  };
}

function storeState({ fleets }: Engine): SchedulerStatus['store'] {
  const states = new Set([...fleets.values()].map(({ link }) => link.state));
  if (states.has('lost')) return 'down';
  return states.has('replaying') ? 'recovering' : 'up';
}

/** Only what changed. */
function noteStore(engine: Engine): void {
  const down = storeState(engine) === 'down';
  if (down === engine.storeDown) return;
  engine.storeDown = down;
  engine.observer.breaker?.('store', down ? 'open' : 'closed');
}

const CHORES_MS = 1000;

/** What is done for the whole scheduler now and then. Returns the way to stop, which waits for the chore under way. */
function startChores(engine: Engine, lead: Leadership): () => Promise<void> {
  const reconcile = reconciler(engine);
  const clockwork = schedules(engine);
  let stopped = false;
  let underWay = Promise.resolve();
  const inTurn = [
    lead.look,
    () => lookAtRuns(engine),
    reconcile.look,
    () => resumeMoves(engine).catch(ignoreLoss),
    clockwork.look,
  ];
  const round = async (): Promise<void> => {
    for (const chore of inTurn) if (!stopped) await chore();
  };
  const again = async (): Promise<void> => {
    while (!stopped) {
      await wait(engine.clock, CHORES_MS);
      if (stopped) return;
      engine.pool.sweep(SILENT_MS);
      forgetOldRuns(engine);
      engine.breakers.look();
      if (engine.buckets.size > BUCKETS_MAX) engine.buckets.clear();
      underWay = round();
      await underWay;
    }
  };
  void again();
  return () => {
    stopped = true;
    return underWay;
  };
}

/** A sender that comes back has a full bucket; so has one that never was here. */
const BUCKETS_MAX = 100_000;

/** Runs of which nothing can be heard any more, also not by looking at them. */
function forgetOldRuns({ runs, clock }: Engine): void {
  const now = clock.nowMs();
  for (const [id, { dueMs }] of runs) if (now > dueMs + SILENT_MS) runs.delete(id);
}

function breakerSettings(
  { providers }: RoutingTable,
  dependency: string,
): { readonly errors?: number; readonly openForMs?: number } | undefined {
  const prefix = providerBreaker('');
  return dependency.startsWith(prefix) ? providers[dependency.slice(prefix.length)]?.breaker : undefined;
}

const OPERATION_NAMES: Partial<Record<Operation['op'], StoreOperation>> = {
  submit: 'submit',
  claim: 'claim',
  heartbeat: 'heartbeat',
  complete: 'complete',
  fail: 'fail',
  tick: 'sweep',
  finish: 'replay',
  restore: 'replay',
  begin: 'replay',
  end: 'replay',
  policy: 'register',
  switch: 'register',
};

/** A batch is called by its first operation; the others ride along. */
function operationName([first]: readonly Operation[]): StoreOperation {
  return (first === undefined ? undefined : OPERATION_NAMES[first.op]) ?? 'read';
}
