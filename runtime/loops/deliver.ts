import type { Assignment, PollRequest, PollResponse } from '../../spec/contract/protocol.ts';
import { claimOrder } from '../core/choose-agent.ts';
import { routeOfLane } from '../core/lane.ts';
import type { AgentName } from '../core/scheduler.ts';
import { CLAIM_MAX, type ClaimedTask, type Operation } from '../store/store.ts';
import type { Agent, Parked } from './agent-pool.ts';
import { breakerNames } from './breaker-names.ts';
import { changed, type Engine, type FleetState } from './engine.ts';
import { forgetRun } from './ends.ts';
import { decodeEnvelope } from './envelope.ts';
import { fullTeamRoutes, noteStarts, providerRoom } from './gates.ts';
import type { PendingClaim } from './shard-link.ts';
import { iso, typeOf } from './view.ts';
import { isClosed } from './view-of-fleets.ts';

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
  if (state === undefined || agent.draining || engine.stopping || request.free < 1 || signal.aborted) {
    return Promise.resolve({ tasks: [], drain: agent.draining });
  }
  return new Promise((resolve) => {
    const stop = engine.clock.after(Math.min(request.waitMs, engine.bounds.pollMs), () => parked.answer([]));
    const gone = (): void => parked.answer([]);
    const parked: Parked = {
      sinceMs: engine.clock.nowMs(),
      free: request.free,
      asked: false,
      answer: (claims) => {
        delete agent.parked;
        stop();
        signal.removeEventListener('abort', gone);
        resolve({ tasks: claims.map((claim) => assignmentOf(engine, name.fleet, claim)), drain: agent.draining });
      },
    };
    agent.parked = parked;
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
  const waiting = engine.pool
    .parked(state.fleet)
    .filter(({ draining, parked }) => !draining && parked?.asked === false);
  if (waiting.length === 0 || state.switches.has('paused')) return [];
  let tasks = state.ready + operations.filter(({ op }) => MAKES_READY.has(op)).length;
  let starts = providerRoom(engine, state.fleet);
  if (tasks === 0 || starts === 0) return [];
  const sticky = engine.tables.policies(state.fleet).some(({ affinity }) => affinity !== undefined);
  const full = fullTeamRoutes(engine);
  const claims: PendingClaim[] = [];
  const built = new Map<string, number>();
  for (const agent of inOrder(waiting)) {
    if (claims.length >= room || starts <= 0) break;
    const build = engine.tables.buildOf(state.fleet, agent.build);
    const left = built.get(build) ?? tasks;
    if (left <= 0 && !sticky) continue;
    const lanes = isClosed(engine, state.fleet, build) ? [] : engine.tables.lanesOf(state.fleet, build, full);
    const { parked } = agent;
    if (lanes.length === 0 || parked === undefined) continue;
    const count = Math.min(parked.free, CLAIM_MAX, starts);
    built.set(build, left - count);
    starts -= count;
    claims.push(claimOf(engine, state, agent, parked, lanes, count));
  }
  delete state.wantedMs;
  return claims;
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

function inOrder(agents: readonly Agent[]): readonly Agent[] {
  const byName = new Map(agents.map((agent) => [agent.id, agent]));
  const order = claimOrder(
    agents.map(({ id, slots, parked }) => ({
      agent: id,
      slots,
      free: parked?.free ?? 0,
      waitingSinceMs: parked?.sinceMs ?? 0,
    })),
    new Set(),
  );
  return order.flatMap(({ agent }) => byName.get(agent) ?? []);
}

function claimOf(
  engine: Engine,
  state: FleetState,
  agent: Agent,
  parked: Parked,
  lanes: readonly number[],
  count: number,
): PendingClaim {
  parked.asked = true;
  const wantedMs = state.wantedMs ?? engine.clock.nowMs();
  return {
    operation: { op: 'claim', agent: agent.id, lanes, count, looks: LOOKS },
    done: ({ claims }) => {
      parked.asked = false;
      if (claims.length === 0) return;
      if (agent.parked !== parked) {
        // It went while the claim was under way.
        for (const claim of claims) giveBack(state, claim);
        return;
      }
      agent.free = Math.max(0, agent.free - claims.length);
      for (const claim of claims) noteRun(engine, state, agent, parked, claim, wantedMs);
      noteStarts(engine, state.fleet, claims.length);
      parked.answer(claims);
    },
    lost: () => {
      parked.asked = false;
    },
  };
}

function giveBack({ link }: FleetState, { record: { id, token } }: ClaimedTask): void {
  // If the store is lost now, the lease runs out by itself.
  link
    .ask({ op: 'fail', id, token, then: 'release', delayMs: 0, reason: 'agent-gone', result: '' })
    .catch(() => undefined);
}

function noteRun(
  engine: Engine,
  state: FleetState,
  agent: Agent,
  parked: Parked,
  claim: ClaimedTask,
  wantedMs: number,
): void {
  const { record, body } = claim;
  const { fleet } = state;
  const envelope = decodeEnvelope(body);
  const now = engine.clock.nowMs();
  const build = engine.tables.buildOf(fleet, agent.build);
  state.startedSince += 1;
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
    dueMs: record.dueMs ?? now,
  });
  const { own, providers } = breakerNames(engine, fleet, build);
  for (const name of [own, ...providers]) engine.breakers.started(name);
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
  const limited =
    policy === undefined ||
    [policy.inFlight, policy.rate, policy.perKey, policy.affinity].some((limit) => limit !== undefined);
  const first = record.attempts === 0 && record.crashes === 0;
  return Math.max(parked.sinceMs, limited || !first ? wantedMs : Math.min(wantedMs, record.acceptedMs));
}

function assignmentOf({ tables }: Engine, fleet: string, { record, body, untilMs }: ClaimedTask): Assignment {
  const envelope = decodeEnvelope(body);
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
