import type { TaskEvent, TaskView, TaskViewState, WhyResponse } from '../../spec/contract/protocol.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { why, type WhyFacts } from '../core/why.ts';
import { routeOfLane } from '../core/lane.ts';
import { fleetBreaker } from './breakers.ts';
import { askPatiently, waitForChange, type Engine, type FleetState } from './engine.ts';
import { findSurely, iso, viewOf, viewState } from './view.ts';
import { fullness } from './fullness.ts';
import { gateHolds } from './gate-holds.ts';
import { goneSinceMs, noAgentSinceMs, openBreaker } from './words.ts';
import { fleetAgents } from './roster.ts';
import { drainSinceMs, isDrained, pauseFacts } from './view-of-fleets.ts';

/** `Scheduler.task`. */
export async function taskView(engine: Engine, id: string): Promise<TaskView | undefined> {
  const found = await findSurely(engine, id);
  if (found === undefined) return undefined;
  const { state, reply } = found;
  return viewOf(engine, state.fleet, reply.record, reply);
}

/** `Scheduler.why`. */
export async function whyView(engine: Engine, id: string): Promise<WhyResponse | undefined> {
  const found = await findSurely(engine, id);
  if (found === undefined) return undefined;
  const { state, reply } = found;
  const answer = why(await withTimes(engine, state, await whyFacts(engine, state, reply.record)));
  return {
    id,
    state: viewState(answer.state),
    says: answer.says,
    holds: answer.holds.map(({ rule, says, sinceMs, untilMs, change }) => ({
      rule,
      says,
      ...(sinceMs !== undefined && { since: iso(sinceMs) }),
      ...(untilMs !== undefined && { until: iso(untilMs) }),
      change,
    })),
    ...(answer.nearest !== undefined && { nearest: answer.nearest }),
  };
}

async function whyFacts(engine: Engine, at: FleetState, record: TaskRecord): Promise<WhyFacts> {
  const { fleet } = at;
  const [told, reply] = await Promise.all([
    askPatiently(engine, at.link, { op: 'tick', limit: 0 }),
    askPatiently(engine, at.link, { op: 'inspect', lanes: [record.lane], id: record.id }),
  ]);
  if (told.kind !== 'ticked') throw new Error(`the store answered a tick with ${told.kind}`);
  if (reply.kind !== 'facts') throw new Error(`the store answered an inspection with ${reply.kind}`);
  const { facts } = reply;
  // What was told since the last look here counts as well: the other schedulers may have seen it.
  const state = { ...at, switches: told.switches };
  const lane = facts.lanes[0];
  const { route = '', build = '', team = '' } = engine.tables.lane(fleet, record.lane) ?? {};
  const policy = engine.tables.policies(fleet).find((one) => one.route === routeOfLane(record.lane));
  const breaker = openBreaker(engine, state, fleetBreaker(fleet, build));
  const { agents, free } = fleetAgents(engine, state, build);
  const now = facts.task?.record ?? record;
  const drainedMs = drainSinceMs(state, build);
  const noneMs = noAgentSinceMs(state);
  const goneMs = goneSinceMs(engine, state, record.lane);
  return {
    record: now,
    nowMs: engine.clock.nowMs(),
    fleet,
    build,
    route,
    ...(policy !== undefined && { policy }),
    holdUntilMs: state.heldUntilMs,
    paused: facts.paused,
    ...(facts.paused && pauseFacts(state)),
    routeRunning: lane?.routeRunning ?? 0,
    rateUntilMs: lane?.rateUntilMs ?? 0,
    keyRunning: facts.task?.keyRunning ?? 0,
    ahead: facts.task?.ahead ?? 0,
    ...(facts.task?.bound !== undefined && { bound: facts.task.bound }),
    agents: {
      connected: agents,
      freeSlots: free,
      ...(noneMs !== undefined && { noneSinceMs: noneMs }),
    },
    drains: isDrained(state, build),
    ...(drainedMs !== undefined && { drainedSinceMs: drainedMs }),
    ...(goneMs !== undefined && { goneSinceMs: goneMs }),
    ...(breaker !== undefined && { breaker }),
    ...(WAITS.has(now.state) && (await gateHolds(engine, state, team, now.sinceMs))),
  };
}

/** Since when there is no room, where there is none: read from the runs that take it, and not before the task could have used it. */
async function withTimes(engine: Engine, state: FleetState, facts: WhyFacts): Promise<WhyFacts> {
  const { record, fleet, build, route, policy, routeRunning, agents } = facts;
  if (!WAITS.has(record.state)) return facts;
  const { tables } = engine;
  const since = async (lanes: readonly number[]): Promise<number | undefined> => {
    const fullMs = (await fullness(engine, [{ state, lanes }], 0))?.sinceMs;
    return fullMs === undefined ? undefined : Math.max(fullMs, record.sinceMs);
  };
  const isFull = policy?.inFlight !== undefined && routeRunning >= policy.inFlight;
  const ofRoute = tables.allLanes(fleet).filter((lane) => tables.lane(fleet, lane)?.route === route);
  const hasNoSlot = agents.connected > 0 && agents.freeSlots === 0;
  const noSlotMs = hasNoSlot ? await since(tables.lanesOf(fleet, build, NONE)) : undefined;
  const fullMs = isFull ? await since(ofRoute) : undefined;
  return {
    ...facts,
    ...(noSlotMs !== undefined && { noSlotSinceMs: noSlotMs }),
    ...(fullMs !== undefined && { routeFullSinceMs: fullMs }),
  };
}

const WAITS: ReadonlySet<string> = new Set(['delayed', 'ready', 'held']);
const NONE: ReadonlySet<string> = new Set();

const ORDER: readonly TaskViewState[] = ['journaled', 'delayed', 'ready', 'held', 'running'];

/** `Scheduler.events`. */
export async function* taskEvents(
  engine: Engine,
  id: string,
  afterSeq: number,
  signal: AbortSignal,
): AsyncGenerator<TaskEvent> {
  let last = afterSeq;
  let seen = '';
  while (!signal.aborted && !engine.stopping) {
    const woken = waitForChange(engine, id, signal);
    const view = await taskView(engine, id);
    if (view === undefined) return;
    const mark = `${view.state} ${view.attempts} ${view.agent ?? ''} ${view.since}`;
    const seq = seqOf(view);
    const over = isOver(view);
    // Times come from several clocks: a change that was seen is one, whatever its time; and nobody goes without an end.
    if (mark !== seen && (seen !== '' || seq > last || (over && seq !== last))) {
      last = Math.max(seq, last + 1);
      yield eventOf(view, last);
    }
    seen = mark;
    if (over) return;
    await woken;
  }
}

function isOver({ state }: TaskView): boolean {
  return !ORDER.includes(state) && state !== 'dead';
}

/** Rises with the time of each change and, within a millisecond, with the order of states. */
function seqOf({ since, state }: TaskView): number {
  const order = ORDER.indexOf(state);
  return Date.parse(since) * 16 + (order === -1 ? ORDER.length : order);
}

function eventOf({ since, state, agent, attempts, reason }: TaskView, seq: number): TaskEvent {
  return {
    seq,
    at: since,
    state,
    attempts,
    ...(agent !== undefined && { agent }),
    ...(reason !== undefined && { reason }),
  };
}
