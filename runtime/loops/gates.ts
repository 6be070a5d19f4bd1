import { nextStartMs, startsPerSecond, takeStart, type StartRate } from '../core/start-rate.ts';
import type { Engine } from './engine.ts';
import type { Places } from './fullness.ts';

/**
 * Limits that hold over several fleets: what a provider allows, and how much a team may run at once. The store counts each
 * fleet's runs exactly; a scheduler adds up what the shards told it last and what it has started since, and takes no more than
 * its share of the rest, so that all schedulers together stay below the limit. What holds a task is said of the store alone, see
 * `gate-holds.ts`.
 */

/** How many more runs of a fleet may start now because of its providers. */
export function providerRoom(engine: Engine, fleet: string): number {
  const { table } = engine.tables.compiled;
  const rooms = (table.fleets[fleet]?.providers ?? []).map((provider) => {
    const { concurrent, requestsPerSecond } = table.providers[provider] ?? {};
    return Math.min(
      concurrent === undefined ? Infinity : shareOf(engine, concurrent, usersOf(engine, provider)),
      requestsPerSecond === undefined ? Infinity : startsLeft(engine, provider, requestsPerSecond),
    );
  });
  return Math.min(Infinity, ...rooms);
}

/** Providers of a fleet whose rates let this scheduler start no run now, and when the next one may. */
export function usedUpRates(
  engine: Engine,
  fleet: string,
): readonly { readonly provider: string; readonly untilMs: number }[] {
  const { table } = engine.tables.compiled;
  return (table.fleets[fleet]?.providers ?? []).flatMap((provider) => {
    const perSecond = table.providers[provider]?.requestsPerSecond;
    if (perSecond === undefined) return [];
    const rate = rateOf(engine, perSecond);
    const nowUs = engine.clock.nowMs() * 1000;
    const untilMs = nextStartMs(rate, restUs(engine, provider, rate, nowUs), nowUs);
    return untilMs === 0 ? [] : [{ provider, untilMs }];
  });
}

/** Runs of a fleet have started: its providers' rates are used up by as many. */
export function noteStarts(engine: Engine, fleet: string, count: number): void {
  const { table } = engine.tables.compiled;
  for (const provider of table.fleets[fleet]?.providers ?? []) {
    const perSecond = table.providers[provider]?.requestsPerSecond;
    if (perSecond === undefined) continue;
    const rate = rateOf(engine, perSecond);
    const nowUs = engine.clock.nowMs() * 1000;
    for (let start = 0; start < count; start += 1) {
      const rest = restUs(engine, provider, rate, nowUs);
      engine.providerRests.set(provider, takeStart(rate, rest, nowUs) ?? rest);
    }
  }
}

/** Routes of teams that run as much as they may. */
export function fullTeamRoutes(engine: Engine): ReadonlySet<string> {
  const { table } = engine.tables.compiled;
  const full = new Set<string>();
  for (const [team, { inFlightMax }] of Object.entries(table.teams)) {
    if (inFlightMax === undefined || teamRuns(engine, team) < inFlightMax) continue;
    for (const route of table.routes) if (route.team === team) full.add(route.id);
  }
  return full;
}

/** The lanes whose runs a provider counts, and those that a team does. */
export function lanesOfProvider(engine: Engine, provider: string): readonly Places[] {
  return usersOf(engine, provider).flatMap((fleet) => places(engine, fleet, () => true));
}

export function lanesOfTeam(engine: Engine, team: string): readonly Places[] {
  return [...engine.fleets.keys()].flatMap((fleet) =>
    places(engine, fleet, (lane) => engine.tables.lane(fleet, lane)?.team === team),
  );
}

function places({ fleets, tables }: Engine, fleet: string, isMeant: (lane: number) => boolean): readonly Places[] {
  const state = fleets.get(fleet);
  const lanes = tables.allLanes(fleet).filter(isMeant);
  return state === undefined || lanes.length === 0 ? [] : [{ state, lanes }];
}

function usersOf({ tables }: Engine, provider: string): readonly string[] {
  const { fleets } = tables.compiled.table;
  return Object.keys(fleets).filter((id) => fleets[id]?.providers.includes(provider) === true);
}

function shareOf({ fleets, schedulers }: Engine, limit: number, users: readonly string[]): number {
  let running = 0;
  let started = 0;
  for (const fleet of users) {
    const state = fleets.get(fleet);
    if (state === undefined) continue;
    started += state.startedSince;
    for (const lane of state.facts?.lanes ?? []) running += lane.running;
  }
  return Math.max(0, Math.ceil((limit - running) / schedulers.length) - started);
}

function teamRuns({ fleets, tables, runs }: Engine, team: string): number {
  let running = 0;
  for (const { fleet, facts } of fleets.values()) {
    for (const lane of facts?.lanes ?? []) if (tables.lane(fleet, lane.lane)?.team === team) running += lane.running;
  }
  // What was started here since the shards told.
  for (const run of runs.values()) {
    if (run.team === team && run.startedMs >= (fleets.get(run.fleet)?.factsMs ?? 0)) running += 1;
  }
  return running;
}

function startsLeft(engine: Engine, provider: string, perSecond: number): number {
  const rate = rateOf(engine, perSecond);
  const nowUs = engine.clock.nowMs() * 1000;
  let rest: number | undefined = restUs(engine, provider, rate, nowUs);
  let left = 0;
  while (left < STARTS_MAX) {
    rest = takeStart(rate, rest, nowUs);
    if (rest === undefined) break;
    left += 1;
  }
  return left;
}

const STARTS_MAX = 64;

/** No start is further ahead than the rate allows: where one is, the clock was set back, and would hold all for as long. */
function restUs({ providerRests }: Engine, provider: string, { perMs }: StartRate, nowUs: number): number {
  const kept = providerRests.get(provider) ?? 0;
  const most = nowUs + perMs * 1000;
  if (kept <= most) return kept;
  providerRests.set(provider, most);
  return most;
}

/** One scheduler's share; of less than one a second, over a longer time. */
function rateOf({ schedulers }: Engine, perSecond: number): StartRate {
  return startsPerSecond(perSecond / schedulers.length);
}
