import { hash } from 'node:crypto';
import { routeOfLane } from '../core/lane.ts';
import type { OpenBreaker } from '../core/why.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { noteSwitch } from './change.ts';
import type { Engine, FleetState } from './engine.ts';

/**
 * What a scheduler alone knows of a fleet, told to all as switches of its shard, so that each of them explains a task alike, also
 * after it has begun anew.
 *
 * - `open:<breaker>:<scheduler>`: a breaker of its is open, `<since>/<until>`
 * - `gone:<route>`: the routing table has lost a route, and since when, as the first one that saw it says
 * - `no-agent`: none is there, and since when, as the first one that saw it says
 *
 * Times are milliseconds since 1970; breakers are named by a digest, since their names may be longer than those of switches.
 */
const OPEN = 'open:';
const GONE = 'gone:';
const NO_AGENT = 'no-agent';
/** Routes of one fleet, of all tables that are remembered. */
const GONE_MAX = 50;

/** Tells what has changed since it was told last; what nobody knows of any more is taken back. */
export async function tellWords(engine: Engine, state: FleetState): Promise<void> {
  // What was told before must be known first.
  if (state.factsMs === 0) return;
  const words = new Map([...openWords(engine, state), ...goneWords(engine, state), ...noAgentWords(state)]);
  for (const name of state.switches.keys()) if (isOwn(engine, name) && !words.has(name)) words.set(name, '');
  for (const [name, value] of words) {
    if ((state.switches.get(name) ?? '') === value) continue;
    try {
      await state.link.ask({ op: 'switch', name, value });
    } catch (error) {
      if (error instanceof StoreFailure) return;
      throw error;
    }
    noteSwitch(state, name, value);
  }
}

function isOwn({ name: scheduler }: Engine, name: string): boolean {
  return name === NO_AGENT || name.startsWith(GONE) || (name.startsWith(OPEN) && name.endsWith(`:${scheduler}`));
}

function openWords(engine: Engine, { fleet }: FleetState): readonly (readonly [name: string, value: string])[] {
  const builds = Object.keys(engine.tables.compiled.table.fleets[fleet]?.builds ?? {});
  const all = builds.map((build) => engine.tables.breakers(fleet, build));
  const names = new Set(all.flatMap(({ own, providers }) => [own, ...providers]));
  return [...names].flatMap((name) => {
    const breaker = engine.breakers.state(name);
    if (breaker.state !== 'open') return [];
    return [[openName(name, engine.name), `${Math.floor(breaker.sinceMs)}/${Math.floor(breaker.untilMs)}`] as const];
  });
}

function goneWords(
  engine: Engine,
  { fleet, switches }: FleetState,
): readonly (readonly [name: string, value: string])[] {
  const { tables } = engine;
  const here = new Set(tables.allLanes(fleet).map(routeOfLane));
  const gone = tables.seenLanes(fleet).filter((lane) => !here.has(routeOfLane(lane)));
  return gone.slice(-GONE_MAX).flatMap((lane) => {
    const name = goneName(lane);
    const sinceMs = tables.goneSinceMs(fleet, tables.lane(fleet, lane)?.route ?? '');
    const value = switches.get(name) ?? (sinceMs === undefined ? '' : String(Math.floor(sinceMs)));
    return value === '' ? [] : [[name, value] as const];
  });
}

function noAgentWords({ noAgentSinceMs: sinceMs, switches }: FleetState): readonly (readonly [string, string])[] {
  return sinceMs === undefined ? [] : [[NO_AGENT, switches.get(NO_AGENT) ?? String(Math.floor(sinceMs))]];
}

function openName(breaker: string, scheduler: string): string {
  return `${OPEN}${hash('sha256', breaker, 'base64url').slice(0, 16)}:${scheduler}`;
}

function goneName(lane: number): string {
  return `${GONE}${routeOfLane(lane)}`;
}

/** A breaker that is open at some scheduler; as all have told, so that all say the same of it. */
export function openBreaker(engine: Engine, { switches }: FleetState, name: string): OpenBreaker | undefined {
  const now = engine.clock.nowMs();
  const open = engine.schedulers.flatMap((scheduler) => {
    const word = switches.get(openName(name, scheduler))?.split('/').map(Number);
    const [sinceMs = 0, untilMs = 0] = engine.schedulers.length > 1 ? (word ?? []) : ownTimes(engine, name);
    return untilMs > now ? [{ scheduler, sinceMs, untilMs }] : [];
  });
  if (open.length === 0) return undefined;
  return {
    sinceMs: Math.min(...open.map(({ sinceMs }) => sinceMs)),
    untilMs: Math.min(...open.map(({ untilMs }) => untilMs)),
    ...(open.length < engine.schedulers.length && { onlyAt: open.map(({ scheduler }) => scheduler) }),
  };
}

function ownTimes({ breakers }: Engine, name: string): readonly number[] {
  const breaker = breakers.state(name);
  return breaker.state === 'open' ? [breaker.sinceMs, breaker.untilMs] : [];
}

/** Since when no table has had the route of a lane. */
export function goneSinceMs(engine: Engine, { fleet, switches }: FleetState, lane: number): number | undefined {
  const word = switches.get(goneName(lane));
  if (word !== undefined) return Number(word);
  // Until one has told it, each of several has seen it at another time.
  const { tables, schedulers } = engine;
  return schedulers.length > 1 ? undefined : tables.goneSinceMs(fleet, tables.lane(fleet, lane)?.route ?? '');
}

/** Since when no agent of a fleet is there. */
export function noAgentSinceMs({ switches, noAgentSinceMs: ownMs }: FleetState): number | undefined {
  const word = switches.get(NO_AGENT);
  return word === undefined ? ownMs : Number(word);
}
