import type { TaskEvent, TaskPage, TaskView, TaskViewState, WhyResponse } from '../../spec/contract/protocol.ts';
import type { TaskQuery } from '../core/scheduler.ts';
import { isOf } from '../core/task-id.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { why, type WhyFacts } from '../core/why.ts';
import { routeOfLane } from '../core/lane.ts';
import { fleetBreaker, providerBreaker } from './breakers.ts';
import { askPatiently, waitForChange, type Engine, type FleetState } from './engine.ts';
import { findSurely, iso, viewOf, viewState } from './view.ts';
import { fullSinceMs } from './full-since.ts';
import { fullTeam, lanesOfProvider, lanesOfTeam, providerHolds } from './gates.ts';
import { goneSinceMs, noAgentSinceMs, openBreaker } from './words.ts';
import { fleetAgents } from './roster.ts';
import { drains, drainSinceMs, pauseFacts } from './view-of-fleets.ts';

/** `Scheduler.task`. */
export async function taskView(engine: Engine, id: string): Promise<TaskView | undefined> {
  const found = await findSurely(engine, id);
  if (found === undefined) return undefined;
  const { state, reply } = found;
  return viewOf(engine, state.fleet, reply.record, reply);
}

/** `Scheduler.tasks`. A page's `next` is the place in the list where the following one begins. */
export async function taskPage(engine: Engine, query: TaskQuery): Promise<TaskPage> {
  const state = engine.fleets.get(query.fleet);
  if (state === undefined) return { tasks: [] };
  const lanes = query.of === 'open' ? engine.tables.seenLanes(query.fleet) : [0];
  const tasks: TaskView[] = [];
  let [index = 0, offset = 0] = (query.after ?? '0.0').split('.').map(Number);
  while (index < lanes.length && tasks.length < query.limit) {
    const records = await listed(engine, state, query, lanes[index] ?? 0, offset);
    const taken = takeOwn(records, query.tenant, query.limit - tasks.length);
    tasks.push(...taken.records.map((record) => viewOf(engine, query.fleet, record)));
    offset += taken.looked;
    if (records.length < PAGE && taken.looked === records.length) {
      index += 1;
      offset = 0;
    }
  }
  return { tasks, ...(index < lanes.length && { next: `${index}.${offset}` }) };
}

const PAGE = 100;

async function listed(
  engine: Engine,
  { link }: FleetState,
  { of }: TaskQuery,
  lane: number,
  offset: number,
): Promise<readonly TaskRecord[]> {
  const reply = await askPatiently(engine, link, {
    op: 'list',
    of,
    offset,
    limit: PAGE,
    ...(of === 'open' && { lane }),
  });
  return reply.kind === 'tasks' ? reply.records : [];
}

function takeOwn(
  records: readonly TaskRecord[],
  tenant: string | undefined,
  max: number,
): { readonly records: readonly TaskRecord[]; readonly looked: number } {
  const own: TaskRecord[] = [];
  let looked = 0;
  for (const record of records) {
    if (own.length === max) break;
    looked += 1;
    if (record.state !== 'moved' && (tenant === undefined || isOf(record.id, tenant))) own.push(record);
  }
  return { records: own, looked };
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

async function whyFacts(engine: Engine, state: FleetState, record: TaskRecord): Promise<WhyFacts> {
  const { fleet } = state;
  const reply = await askPatiently(engine, state.link, { op: 'inspect', lanes: [record.lane], id: record.id });
  if (reply.kind !== 'facts') throw new Error(`the store answered an inspection with ${reply.kind}`);
  const { facts } = reply;
  const lane = facts.lanes[0];
  const { route = '', build = '', team = '' } = engine.tables.lane(fleet, record.lane) ?? {};
  const policy = engine.tables.policies(fleet).find((one) => one.route === routeOfLane(record.lane));
  const breaker = openBreaker(engine, state, fleetBreaker(fleet, build));
  const { agents, free } = fleetAgents(engine, state, build);
  const full = fullTeam(engine, team);
  const drainedMs = drainSinceMs(state, build);
  const noneMs = noAgentSinceMs(state);
  const goneMs = goneSinceMs(engine, state, record.lane);
  return {
    record: facts.task?.record ?? record,
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
    drains: drains(engine, fleet, build),
    ...(drainedMs !== undefined && { drainedSinceMs: drainedMs }),
    ...(goneMs !== undefined && { goneSinceMs: goneMs }),
    providers: providerHolds(engine, fleet, (provider) => openBreaker(engine, state, providerBreaker(provider))),
    ...(full !== undefined && { fullTeam: full }),
    ...(breaker !== undefined && { breaker }),
  };
}

/** Since when there is no room, where there is none: read from the runs that take it, and not before the task could have used it. */
async function withTimes(engine: Engine, state: FleetState, facts: WhyFacts): Promise<WhyFacts> {
  const { record, fleet, build, route, policy, routeRunning, agents, fullTeam: team, providers = [] } = facts;
  if (!WAITS.has(record.state)) return facts;
  const { tables } = engine;
  const since = async (places: Parameters<typeof fullSinceMs>[1]): Promise<{ readonly sinceMs?: number }> => {
    const fullMs = await fullSinceMs(engine, places);
    return fullMs === undefined ? {} : { sinceMs: Math.max(fullMs, record.sinceMs) };
  };
  const isFull = policy?.inFlight !== undefined && routeRunning >= policy.inFlight;
  const ofRoute = tables.allLanes(fleet).filter((lane) => tables.lane(fleet, lane)?.route === route);
  const hasNoSlot = agents.connected > 0 && agents.freeSlots === 0;
  const noSlot = hasNoSlot ? await since([{ state, lanes: tables.lanesOf(fleet, build, NONE) }]) : {};
  const full = isFull ? await since([{ state, lanes: ofRoute }]) : {};
  const timed = providers.map(async (one) =>
    one.because === 'concurrent' ? { ...one, ...(await since(lanesOfProvider(engine, one.provider))) } : one,
  );
  return {
    ...facts,
    providers: await Promise.all(timed),
    ...(team !== undefined && { fullTeam: { ...team, ...(await since(lanesOfTeam(engine, team.team))) } }),
    ...(noSlot.sinceMs !== undefined && { noSlotSinceMs: noSlot.sinceMs }),
    ...(full.sinceMs !== undefined && { routeFullSinceMs: full.sinceMs }),
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
    if (mark !== seen && (seq > last || (seen !== '' && seq === last))) {
      last = Math.max(seq, last + (seen !== '' && seq <= last ? 1 : 0));
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
