import type { Assignment, PollRequest, PollResponse } from '../../spec/contract/protocol.ts';
import { claimOrder } from '../core/choose-agent.ts';
import { routeOfLane } from '../core/lane.ts';
import { runsOnce, standingOf } from '../core/standing.ts';
import type { AgentName } from '../core/scheduler.ts';
import { CLAIM_MAX, type ClaimedTask, type Operation } from '../store/store.ts';
import type { RoutePolicy } from '../core/route-policy.ts';
import type { Parked } from './agent-pool.ts';
import { changed, type Engine, type FleetState } from './engine.ts';
import { forgetRun, noteReleased } from './ends.ts';
import { envelopeIn, type Envelope } from './envelope.ts';
import { fullTeamRoutes, noteStarts, providerRoom } from './gates.ts';
import type { PendingClaim } from './link-calls.ts';
import { iso, typeOf } from './view.ts';
import { isClosed, leaves } from './view-of-fleets.ts';

/** `Scheduler.poll`: parks the agent until there is work for it, its time is over, or it goes. */
export function poll(
  engine: Engine,
  name: AgentName,
  request: PollRequest,
  signal: AbortSignal,
): Promise<PollResponse> {
  const agent = engine.pool.see(name, request);
  agent.parked?.answer([]);
  const state = engine.fleets.get(name.fleet);
  if (state !== undefined) agent.draining = leaves(engine, state, agent);
  if (state === undefined || agent.draining || engine.stopping || request.free < 1 || signal.aborted) {
    return Promise.resolve({ tasks: [], drain: agent.draining });
  }
  return new Promise((resolve) => {
    const gone = (): void => parked.answer([]);
    const stop = engine.clock.after(Math.min(request.waitMs, engine.bounds.pollMs), gone);
    const parked: Parked = {
      agent,
      sinceMs: engine.clock.nowMs(),
      slots: request.slots,
      free: request.free,
      asked: false,
      answer: (tasks) => {
        engine.pool.unpark(parked);
        stop();
        signal.removeEventListener('abort', gone);
        resolve({ tasks, drain: agent.draining });
      },
    };
    engine.pool.park(parked);
    signal.addEventListener('abort', gone, { once: true });
    if (state.ready > 0) want(engine, state);
  });
}

/** There may be something to claim from now on. */
export function want(engine: Engine, state: FleetState): void {
  state.wantedMs ??= engine.clock.nowMs();
  state.link.wantClaim();
}

/** What waiting agents ask of the shard with the batch that leaves now. */
export function claimsFor(
  engine: Engine,
  state: FleetState,
  operations: readonly Operation[],
  room: number,
): readonly PendingClaim[] {
  const { tables, pool } = engine;
  const { fleet } = state;
  const waiting = pool.parked(fleet);
  if (waiting.size === 0 || state.switches.has('paused')) return [];
  let tasks = state.ready;
  for (const { op } of operations) if (MAKES_READY.has(op)) tasks += 1;
  if (tasks === 0) return [];
  let starts = providerRoom(engine, fleet);
  if (starts === 0) return [];
  const sticky = tables.policies(fleet).some(({ affinity }) => affinity !== undefined);
  const builds = new Map<string, BuildRoom>();
  const roomOf = (build: string): BuildRoom => {
    const known = builds.get(build);
    if (known !== undefined) return known;
    const lanes = isClosed(engine, fleet, build) ? [] : tables.lanesOf(fleet, build, fullTeamRoutes(engine));
    const own = { lanes, left: tasks };
    builds.set(build, own);
    return own;
  };
  const claims: PendingClaim[] = [];
  let servedBuilds = tables.buildCount(fleet);
  let isUnasked = false;
  for (const parked of claimOrder(waiting)) {
    const { agent } = parked;
    if (parked.asked || agent.draining) continue;
    isUnasked = true;
    // Whoever else waits would find nothing.
    if (claims.length >= room || starts <= 0 || (servedBuilds === 0 && !sticky)) break;
    const own = roomOf(tables.buildOf(fleet, agent.build));
    if (own.lanes.length === 0 || (own.left <= 0 && !sticky)) continue;
    const count = Math.min(parked.free, CLAIM_MAX, starts);
    if (own.left > 0 && own.left <= count) servedBuilds -= 1;
    own.left -= count;
    starts -= count;
    claims.push(claimOf(engine, state, parked, own.lanes, count));
  }
  if (isUnasked) delete state.wantedMs;
  return claims;
}

/** Of one build: the lanes its agents may claim from, and tasks that nobody was sent for yet. */
interface BuildRoom {
  readonly lanes: readonly number[];
  left: number;
}

const MAKES_READY: ReadonlySet<Operation['op']> = new Set([
  'submit',
  'complete',
  'fail',
  'redrive',
  'tick',
  'relane',
  'switch',
]);

/** Tasks a claim may set aside before it gives up. */
const LOOKS = 16;

function claimOf(
  engine: Engine,
  state: FleetState,
  parked: Parked,
  lanes: readonly number[],
  count: number,
): PendingClaim {
  const { agent } = parked;
  parked.asked = true;
  const wantedMs = state.wantedMs ?? engine.clock.nowMs();
  return {
    operation: { op: 'claim', agent: agent.id, lanes, count, looks: LOOKS },
    done: ({ claims }) => {
      const begun = noteBegun(engine, state, claims);
      if (begun === undefined) handOver(engine, state, parked, claims, wantedMs);
      else void begun.then(() => handOver(engine, state, parked, claims, wantedMs));
    },
    lost: () => {
      parked.asked = false;
      parked.unserved?.();
    },
  };
}

/** What must not be begun twice has an agent, also if the store forgets it: durable before that agent hears of it. */
function noteBegun(
  { ledger }: Engine,
  { fleet, link }: FleetState,
  claims: readonly ClaimedTask[],
): Promise<void> | undefined {
  let lsn = 0;
  for (const { record } of claims) if (runsOnce(record)) lsn = ledger.stand(fleet, record.id, standingOf(record));
  if (lsn === 0) return undefined;
  link.recorded(lsn);
  return ledger.durable(lsn);
}

function handOver(
  engine: Engine,
  state: FleetState,
  parked: Parked,
  claims: readonly ClaimedTask[],
  wantedMs: number,
): void {
  const { agent } = parked;
  parked.asked = false;
  if (claims.length > 0 && !engine.pool.isParked(parked)) {
    // It went while the claim was under way.
    for (const claim of claims) giveBack(engine, state, claim);
    return;
  }
  const legible = claims.flatMap((claim) => {
    const envelope = envelopeIn(claim.body);
    if (envelope === undefined) putAside(engine, state, claim);
    return envelope === undefined ? [] : [{ claim, envelope }];
  });
  if (legible.length === 0) {
    parked.unserved?.();
    return;
  }
  agent.free = Math.max(0, agent.free - legible.length);
  const tasks = legible.map(({ claim, envelope }) => {
    noteRun(engine, state, parked, claim, envelope, wantedMs);
    return assignmentOf(engine, state.fleet, claim, envelope);
  });
  noteStarts(engine, state.fleet, legible.length);
  parked.answer(tasks);
}

const ILLEGIBLE_MS = 60_000;

/** One task that cannot be read must end nobody: it waits a while, for a person, or for a scheduler that can read it. */
function putAside(engine: Engine, state: FleetState, claim: ClaimedTask): void {
  const { fleet } = state;
  engine.observer.warning?.('a task cannot be read: its body in the store is none of ours', {
    fleet,
    task: claim.record.id,
  });
  giveBack(engine, state, claim, { delayMs: ILLEGIBLE_MS, reason: 'illegible' });
}

function giveBack(
  engine: Engine,
  { link, fleet }: FleetState,
  { record: { id, token } }: ClaimedTask,
  { delayMs, reason } = { delayMs: 0, reason: 'agent-gone' },
): void {
  // If the store is lost now, the lease runs out by itself.
  link
    .ask({ op: 'fail', id, token, then: 'release', delayMs, reason, result: '' })
    .then((reply) => (reply.kind === 'done' ? noteReleased(engine, fleet, reply.record) : undefined))
    .catch(() => undefined);
}

function noteRun(
  engine: Engine,
  state: FleetState,
  parked: Parked,
  claim: ClaimedTask,
  envelope: Envelope,
  wantedMs: number,
): void {
  const { record } = claim;
  const { agent } = parked;
  const { fleet } = state;
  const now = engine.clock.nowMs();
  const build = engine.tables.buildOf(fleet, agent.build);
  state.startedSince += 1;
  // Runs stand in the order in which they began.
  engine.runs.delete(record.id);
  engine.runs.set(record.id, {
    fleet,
    build,
    route: envelope.route,
    team: engine.tables.lane(fleet, record.lane)?.team ?? '',
    task: envelope.task,
    agent: agent.id,
    token: record.token,
    attempts: record.attempts,
    attemptMax: record.attemptMax,
    digest: record.digest,
    startedMs: now,
    joins: state.link.joins,
    dueMs: record.dueMs ?? now,
    waitsUntilMs: record.queueMs === 0 ? Infinity : record.acceptedMs + record.queueMs,
  });
  const { own, providers } = engine.tables.breakers(fleet, build);
  engine.breakers.started(own);
  for (const name of providers) engine.breakers.started(name);
  engine.observer.assigned?.({
    fleet,
    route: envelope.route,
    id: record.id,
    task: envelope.task,
    agent: agent.id,
    attempt: record.attempts + 1,
    priority: record.priority,
    assignmentSeconds: Math.max(0, now - eligibleMs(engine, state, parked, claim, wantedMs)) / 1000,
    waitSeconds: Math.max(0, record.sinceMs - record.acceptedMs) / 1000,
    ...(envelope.traceparent !== undefined && { traceparent: envelope.traceparent }),
  });
  changed(engine, record.id);
}

/**
 * Since when the scheduler owes this assignment: the agent waits, the task has been accepted, and no limit of its route holds
 * it. Where limits may have held it, since something happened that could have freed it.
 */
function eligibleMs(
  { tables }: Engine,
  { fleet }: FleetState,
  parked: Parked,
  { record }: ClaimedTask,
  wantedMs: number,
): number {
  const policy = tables.policies(fleet).find(({ route }) => route === routeOfLane(record.lane));
  const limited = policy === undefined || isLimited(policy);
  const first = record.attempts === 0 && record.crashes === 0;
  return Math.max(parked.sinceMs, limited || !first ? wantedMs : Math.min(wantedMs, record.acceptedMs));
}

function isLimited({ inFlight, rate, perKey, affinity }: RoutePolicy): boolean {
  return inFlight !== undefined || rate !== undefined || perKey !== undefined || affinity !== undefined;
}

function assignmentOf(
  { tables }: Engine,
  fleet: string,
  { record, untilMs }: ClaimedTask,
  envelope: Envelope,
): Assignment {
  const { heartbeatMs = record.leaseMs } = tables.compiled.table.fleets[fleet]?.accepts[envelope.task] ?? {};
  return {
    id: record.id,
    token: record.token,
    task: typeOf(record),
    tenant: envelope.tenant,
    labels: envelope.labels,
    input: envelope.input,
    attempt: record.attempts + 1,
    priority: record.priority,
    // A lease may be longer, see `core/new-task.ts`; what agents hear, they hear with a heartbeat.
    heartbeatMs: Math.min(record.leaseMs, heartbeatMs),
    leasedUntil: iso(untilMs),
    dueAt: iso(record.dueMs ?? untilMs),
    ...(envelope.traceparent !== undefined && { traceparent: envelope.traceparent }),
  };
}

/** A run ended without a word about its build. */
export function dropRun(engine: Engine, id: string): void {
  const run = engine.runs.get(id);
  if (run === undefined) return;
  engine.runs.delete(id);
  forgetRun(engine, run.fleet, run.build);
}
