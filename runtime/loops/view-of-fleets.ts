import { readReason } from '../core/reason-text.ts';
import type { FleetView as RoutingView } from '../core/route-decision.ts';
import { storeKey } from '../core/store-key.ts';
import { readAsked, type Asked } from './asked.ts';
import type { Agent } from './agent-pool.ts';
import type { Engine, FleetState } from './engine.ts';
import { fleetAgents } from './roster.ts';

/** What routing may know of the fleets right now. */
export function routingView(engine: Engine): RoutingView {
  return {
    isClosed: (fleet, build) => isClosed(engine, fleet, build),
    agents: (fleet) => {
      const state = engine.fleets.get(fleet);
      return state === undefined ? 0 : fleetAgents(engine, state).agents;
    },
  };
}

/** Whether a build may not start runs: it drains, or a breaker is open. */
export function isClosed(engine: Engine, fleet: string, build: string): boolean {
  if (drains(engine, fleet, build)) return true;
  const { own, providers } = engine.tables.breakers(fleet, build);
  return !engine.breakers.mayStart(own) || providers.some((name) => !engine.breakers.mayStart(name));
}

export function drains({ fleets }: Engine, fleet: string, build: string): boolean {
  const state = fleets.get(fleet);
  return state !== undefined && isDrained(state, build);
}

/** The same, as these switches of its fleet's shard say. */
export function isDrained({ switches }: Pick<FleetState, 'switches'>, build: string): boolean {
  return switches.size > 0 && (switches.has(DRAIN_ALL) || switches.has(drainSwitch(build)));
}

/** The switch of an agent that drains; see `agent-drain.ts`. */
export const LEAVES = 'leave:';

/**
 * Whether an agent is to go, also one that polls here for the first time. Of a push fleet none is: what polls for it are the
 * schedulers, and one that went would call it no more.
 */
export function leaves(engine: Engine, { switches, fleet }: FleetState, agent: Pick<Agent, 'id' | 'isNew'>): boolean {
  return switches.size > 0 && !agent.isNew && switches.has(LEAVES + agent.id) && !isPush(engine, fleet);
}

/** Its agents do not ask for work: the schedulers call them. */
export function isPush({ tables }: Pick<Engine, 'tables'>, fleet: string): boolean {
  return tables.compiled.table.fleets[fleet]?.delivery === 'push';
}

/** The switch of a task of whose key another input was accepted as well; see `key-conflict.ts`. */
export const CONFLICT = 'conflict:';

/** When that was found. */
export function conflictSinceMs(state: FleetState | undefined, id: string): number | undefined {
  const value = state === undefined || state.switches.size === 0 ? undefined : state.switches.get(CONFLICT + id);
  return value === undefined ? undefined : Number(value);
}

/** Since when a build drains, where that was written down. */
export function drainSinceMs({ switches }: FleetState, build: string): number | undefined {
  const times = [DRAIN_ALL, drainSwitch(build)].flatMap((name) => askedOf(switches, name)?.sinceMs ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Why a fleet is paused, where somebody said so, and since when, as the last look at its shard told. */
export function pauseFacts({ switches }: FleetState): { pausedSinceMs?: number; pausedReason?: string } {
  const { sinceMs, reason = NO_REASON } = askedOf(switches, PAUSED) ?? {};
  return {
    ...(sinceMs !== undefined && { pausedSinceMs: sinceMs }),
    ...(reason !== NO_REASON && { pausedReason: readReason(reason) }),
  };
}

function askedOf(switches: FleetState['switches'], name: string): Asked | undefined {
  const value = switches.get(name);
  return value === undefined ? undefined : readAsked(value);
}

export const PAUSED = 'paused';
/** The reason of a pause for which none was given. */
export const NO_REASON = 'paused';
export const DRAIN_ALL = 'drain';

/** What the switches of builds that drain begin with. */
export const DRAIN_BUILD = 'drain:';

/** A build may be called by more than the name of a switch may hold. */
export function drainSwitch(build: string): string {
  return DRAIN_BUILD + storeKey(build);
}
