import type { FleetReading } from '../core/fleet-reading.ts';
import type { AgentView, FleetView } from '../../spec/contract/protocol.ts';
import { isCanary } from '../core/canary.ts';
import type { ShardFacts } from '../store/store.ts';
import { fleetBreaker } from './breakers.ts';
import { askPatiently, type Engine, type FleetState } from './engine.ts';
import { inspectLanes } from './inspect-lanes.ts';
import { iso } from './view.ts';
import { agentsOf, fleetAgents, LOST_MS } from './roster.ts';
import { openBreaker } from './words.ts';
import { drains, isPush, pauseFacts } from './view-of-fleets.ts';

/** `Scheduler.fleet`. */
export async function fleetView(engine: Engine, fleet: string): Promise<FleetView | undefined> {
  const state = engine.fleets.get(fleet);
  const declared = engine.tables.compiled.table.fleets[fleet];
  if (state === undefined || declared === undefined) return undefined;
  const lanes = engine.tables.seenLanes(fleet);
  const facts = await inspectLanes((operation) => askPatiently(engine, state.link, operation), lanes);
  const running = runningIn(facts.lanes);
  const { agents, slots, free } = fleetAgents(engine, state);
  return {
    fleet,
    team: declared.team,
    paused: facts.paused,
    ...(facts.paused && pause(state)),
    builds: Object.entries(declared.builds).map(([build, weight]) => ({
      build,
      weight: weight / WEIGHT_ALL,
      draining: drains(engine, fleet, build),
      ...breakerFacts(engine, state, build),
    })),
    agents,
    slots: { busy: Math.max(0, slots - free), free },
    waiting: facts.lanes.reduce((sum, lane) => sum + lane.waiting, 0),
    running,
    dead: facts.dead,
  };
}

function pause(state: FleetState): Pick<FleetView, 'pausedSince' | 'pausedReason'> {
  const { pausedSinceMs, pausedReason } = pauseFacts(state);
  return {
    ...(pausedSinceMs !== undefined && { pausedSince: iso(pausedSinceMs) }),
    ...(pausedReason !== undefined && { pausedReason }),
  };
}

const WEIGHT_ALL = 10_000;

/** `Scheduler.agents`, in the order of their names. */
export function agentViews(engine: Engine, fleet?: string): readonly AgentView[] {
  const of = fleet === undefined ? (id: string) => !isCanary(id) : (id: string) => id === fleet;
  return [...engine.fleets.values()]
    .filter((state) => of(state.fleet))
    .flatMap((state) =>
      agentsOf(engine, state).map(({ name, build, slots, free, draining, seenMs }) => ({
        agent: `${state.fleet}/${name}`,
        fleet: state.fleet,
        build,
        slots,
        free,
        draining,
        seenAt: iso(seenMs),
      })),
    )
    .sort((one, other) => (one.agent < other.agent ? -1 : 1));
}

/** What the gauges show of a fleet; from the last look at its shard. */
export function fleetReading(engine: Engine, state: FleetState): FleetReading {
  const now = engine.clock.nowMs();
  const routes = new Map<string, { waiting: number; oldestSeconds: number }>();
  for (const { lane, waiting, firstAcceptedMs } of state.facts?.lanes ?? []) {
    const route = engine.tables.lane(state.fleet, lane)?.route ?? '';
    const sum = routes.get(route) ?? { waiting: 0, oldestSeconds: 0 };
    const oldest = firstAcceptedMs === 0 ? 0 : Math.max(0, now - firstAcceptedMs) / 1000;
    routes.set(route, { waiting: sum.waiting + waiting, oldestSeconds: Math.max(sum.oldestSeconds, oldest) });
  }
  return {
    fleet: state.fleet,
    routes,
    agents: agentStates(engine, state),
    slots: { busy: runningIn(state.facts?.lanes), free: fleetAgents(engine, state).free },
    unaccounted: state.unaccounted.size,
  };
}

/** Of a push fleet none: what polls for it are the schedulers, and how many agents they reach only the mesh knows. */
function agentStates(engine: Engine, state: FleetState): FleetReading['agents'] {
  const all = isPush(engine, state.fleet) ? [] : agentsOf(engine, state);
  const now = engine.clock.nowMs();
  const here = all.filter(({ seenMs }) => now - seenMs <= LOST_MS);
  const staying = here.filter((agent) => !agent.draining);
  const idle = staying.filter((agent) => agent.free === agent.slots).length;
  return {
    idle,
    busy: staying.length - idle,
    draining: here.length - staying.length,
    lost: all.length - here.length,
  };
}

function runningIn(lanes: ShardFacts['lanes'] = []): number {
  return lanes.reduce((sum, { running }) => sum + running, 0);
}

type BreakerFacts = Pick<FleetView['builds'][number], 'breaker' | 'breakerSince' | 'breakerUntil' | 'breakerAt'>;

/** As all have told, so that each of them says the same of it; what it has not told yet a scheduler says all the same. */
function breakerFacts(engine: Engine, state: FleetState, build: string): BreakerFacts {
  const name = fleetBreaker(state.fleet, build);
  const own = engine.breakers.state(name);
  const untold = own.state === 'open' ? { ...own, onlyAt: [engine.name] } : undefined;
  const open = openBreaker(engine, state, name) ?? untold;
  if (open === undefined) return { breaker: own.state === 'half-open' ? 'half_open' : 'closed' };
  return {
    breaker: 'open',
    breakerSince: iso(open.sinceMs),
    breakerUntil: iso(open.untilMs),
    ...(open.onlyAt !== undefined && { breakerAt: open.onlyAt }),
  };
}
