import { noteLeaving } from './agent-drain.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { TickEvent } from '../store/store.ts';
import { jittered } from './clock.ts';
import { dropRun, want } from './deliver.ts';
import { finish, forgetRun, judgeRun, noteStanding, runSeconds } from './ends.ts';
import { aside, changed, ignoreLoss, type Engine, type FleetState, type Run } from './engine.ts';
import { inspectLanes } from './inspect-lanes.ts';
import { moveOn } from './move.ts';
import { sayPresent } from './roll-call.ts';
import { fleetAgents, shareRoster } from './roster.ts';
import { isPush } from './view-of-fleets.ts';
import { tellWords } from './words.ts';

/**
 * Looks at every shard again and again: what is due, what it holds, what the other schedulers say. A shard with work is looked
 * at each `tickMs`, one without each `idleTickMs`. Returns the way to stop, which resolves when the look under way is over.
 */
export function startSweep(engine: Engine, state: FleetState): () => Promise<void> {
  let stopped = false;
  let underWay = Promise.resolve();
  let cancel = (): void => undefined;
  let looks = 0;
  let dueMs = 0;
  let isLooking = false;
  const again = (ms: number): void => {
    dueMs = engine.clock.monotonicMs() + ms;
    cancel = engine.clock.after(ms, () => {
      underWay = look();
    });
  };
  const look = async (): Promise<void> => {
    isLooking = true;
    // This process stood still: nobody could be heard meanwhile.
    if (engine.clock.monotonicMs() - dueMs > STILL_MS) state.sinceMs = engine.clock.nowMs();
    try {
      if (state.link.state === 'up') await sweep(engine, state, looks, () => stopped);
      looks += 1;
    } catch (error) {
      // The store went away: the link says so, and the next look comes.
      if (!(error instanceof StoreFailure)) throw error;
    }
    isLooking = false;
    if (!stopped) again(pauseMs());
  };
  const pauseMs = (): number => {
    const { tickMs, idleTickMs } = engine.bounds;
    return jittered(engine.clock, isBusy(engine, state) ? tickMs : idleTickMs);
  };
  state.lookSoon = () => {
    if (stopped || isLooking) return;
    cancel();
    again(0);
  };
  again(pauseMs());
  return () => {
    stopped = true;
    cancel();
    return underWay;
  };
}

const STILL_MS = 1000;
const TICK_LIMIT = 100;
/** One look in so many reads the counts too, and shares with the others what each knows alone. */
const FACTS_EVERY = 4;

async function sweep(engine: Engine, state: FleetState, looks: number, isStopped: () => boolean): Promise<void> {
  const { link, fleet, switches } = state;
  const ticked = link.ask({ op: 'tick', limit: TICK_LIMIT });
  const full = looks % FACTS_EVERY === 0 || !isBusy(engine, state);
  const inspected = full
    ? inspectLanes((operation) => link.ask(operation), engine.tables.allLanes(fleet))
    : Promise.resolve(undefined);
  if (full) {
    void shareRoster(engine, state).catch(ignoreLoss);
    void tellWords(engine, state);
  }
  const [tick, facts] = await Promise.all([ticked, inspected, sayPresent(engine, state)]);
  if (facts !== undefined) {
    state.facts = facts;
    state.factsMs = engine.clock.nowMs();
    state.startedSince = 0;
  }
  if (tick.kind === 'ticked') {
    // One that was set here meanwhile may be newer than what the tick saw: the next one tells.
    if (state.switches === switches) {
      state.switches = tick.switches;
      if (state.saying === 0) forgetPassed(engine, state);
    }
    noteAgents(engine, state);
    noteLeaving(engine, state);
    // What waits is still there for the next scheduler that looks.
    const events = tick.events.filter(({ kind }) => kind !== 'waited' || !isStopped());
    await all(events.map((event) => happened(engine, state, event)));
  }
  if (isStopped()) return;
  await cancelAgain(engine, state);
  if (state.ready > 0) want(engine, state);
}

/** Also when one fails the others are over before this is. */
async function all(parts: readonly Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') throw part.reason;
}

function isBusy({ pool }: Engine, { fleet, ready, facts }: FleetState): boolean {
  const running = facts?.lanes.some(({ running: runs, waiting }) => runs + waiting > 0) ?? true;
  return ready > 0 || running || pool.parked(fleet).size > 0;
}

/** What a tick did or saw. */
async function happened(engine: Engine, state: FleetState, { kind, record }: TickEvent): Promise<void> {
  const { fleet } = state;
  const { id } = record;
  const run = engine.runs.get(id);
  const route = run?.route ?? engine.tables.lane(fleet, record.lane)?.route ?? '';
  switch (kind) {
    case 'lost':
    case 'timeout': {
      const reason = kind === 'lost' ? 'agent_lost' : 'timeout';
      const build = run?.build ?? engine.tables.lane(fleet, record.lane)?.build;
      if (run !== undefined && kind === 'lost' && !isToBlame(engine, state, run)) forgetRun(engine, fleet, run.build);
      else if (build !== undefined && (run !== undefined || kind === 'timeout')) judgeRun(engine, fleet, build, reason);
      tellLost(engine, fleet, record, route);
      engine.runs.delete(id);
      if (record.state === 'dead') await finish(engine, fleet, record, { route });
      else {
        // Nobody waits to hear of it.
        aside(engine, noteStanding(engine, fleet, record));
        engine.observer.retried?.({ fleet, route, reason });
      }
      break;
    }
    case 'expired':
    case 'cancelled':
    case 'dropped':
      if (kind === 'cancelled') tellLost(engine, fleet, record, route);
      dropRun(engine, id);
      await finish(engine, fleet, record, { route });
      break;
    case 'waited':
      await moveOn(engine, state, id);
      break;
    case 'promoted':
    case 'aged':
    case 'returned':
      break;
  }
  changed(engine, id);
}

/** A run was given up, whichever scheduler began it. */
function tellLost(engine: Engine, fleet: string, record: TaskRecord, route: string): void {
  const { id, agent = '' } = record;
  const seconds = runSeconds(engine, record, engine.runs.get(id));
  engine.observer.settled?.({ fleet, route, id, agent, outcome: 'lost', runSeconds: seconds });
}

/**
 * Whether a lease that ran out speaks against the build: its agent had the task and went silent, or has begun anew since. A task
 * that may never have reached its agent says something about the network, and one that could not be looked after about us.
 * However many tasks an agent had, its end is one failure: one pod that dies must not stop its fleet.
 */
function isToBlame(engine: Engine, { fleet, sinceMs, blamedMs }: FleetState, run: Run): boolean {
  const { pool, clock } = engine;
  const { agent, startedMs } = run;
  if (startedMs < sinceMs) return false;
  // All agents of a push fleet are one agent here, and what it calls has heard of the task.
  if (isPush(engine, fleet)) return true;
  if (startedMs < (blamedMs.get(agent) ?? 0)) return false;
  const hasBegunAnew = pool.of(fleet).some(({ id, bornMs }) => id === agent && bornMs > startedMs);
  if (run.heard !== true && !hasBegunAnew) return false;
  if (blamedMs.size >= BLAMED_MAX) blamedMs.clear();
  blamedMs.set(agent, clock.nowMs());
  return true;
}

/** What is forgotten counts a crash once more. */
const BLAMED_MAX = 10_000;

/** What was said here of the fleet, and no longer holds since something later was said elsewhere. */
function forgetPassed({ ledger }: Engine, { fleet, switches }: FleetState): void {
  for (const { name, value } of [...ledger.switches(fleet)]) {
    if (value !== '' && switches.get(name) !== value) ledger.forgetSwitch(fleet, name);
  }
}

/**
 * Cancellations of runs that the shard may have forgotten with a loss: those that were asked for here before this scheduler joined
 * it last.
 */
async function cancelAgain(engine: Engine, state: FleetState): Promise<void> {
  const { link, fleet, cancelsSaid } = state;
  const asked = [...engine.ledger.cancels(fleet)];
  if (asked.length === 0) cancelsSaid.clear();
  for (const { id, reason, askedMs } of asked) {
    if (cancelsSaid.get(id) === link.joins) continue;
    const found = await link.ask({ op: 'get', id });
    // Its submission may be on its way.
    if (found.kind !== 'task') continue;
    // Another task of the same name came later.
    const isAnother = found.record.acceptedMs > askedMs + CLOCKS_MS;
    const reply = isAnother ? undefined : await link.ask({ op: 'cancel', id, reason });
    if (reply?.kind === 'held') continue;
    cancelsSaid.set(id, link.joins);
    if (reply?.kind === 'done') await finish(engine, fleet, reply.record);
  }
}

/** How far clocks may be apart. */
const CLOCKS_MS = 60_000;

function noteAgents(engine: Engine, state: FleetState): void {
  if (fleetAgents(engine, state).agents > 0) delete state.noAgentSinceMs;
  else state.noAgentSinceMs ??= engine.clock.nowMs();
}
