import type { ProviderHold, WhyFacts } from '../core/why.ts';
import { providerBreaker } from './breakers.ts';
import type { Engine, FleetState } from './engine.ts';
import { fullness } from './fullness.ts';
import { lanesOfProvider, lanesOfTeam } from './gates.ts';
import { heldBackRate, openBreaker } from './words.ts';

/**
 * Which limits over several fleets hold a task of a team that waits since `waitsMs`. Said of what the shards say now, not of a
 * scheduler's own share of the room, so that all schedulers say the same.
 */
export async function gateHolds(
  engine: Engine,
  state: FleetState,
  team: string,
  waitsMs: number,
): Promise<Pick<WhyFacts, 'providers' | 'fullTeam'>> {
  const { table } = engine.tables.compiled;
  const names = table.fleets[state.fleet]?.providers ?? [];
  const [full, holds] = await Promise.all([
    fullTeam(engine, team),
    Promise.all(names.map((provider) => providerHolds(engine, state, provider))),
  ]);
  return {
    providers: holds.flat().map((one) => (one.because === 'breaker' ? one : notBefore(waitsMs, one))),
    ...(full !== undefined && { fullTeam: notBefore(waitsMs, full) }),
  };
}

/** A task is not held for longer than it is there. */
function notBefore<Held extends { readonly sinceMs?: number }>(waitsMs: number, held: Held): Held {
  return held.sinceMs === undefined ? held : { ...held, sinceMs: Math.max(held.sinceMs, waitsMs) };
}

async function providerHolds(engine: Engine, state: FleetState, provider: string): Promise<readonly ProviderHold[]> {
  const { concurrent, requestsPerSecond } = engine.tables.compiled.table.providers[provider] ?? {};
  const breaker = openBreaker(engine, state, providerBreaker(provider));
  const rate = requestsPerSecond === undefined ? undefined : heldBackRate(engine, state, provider);
  const full =
    concurrent === undefined ? undefined : await fullness(engine, lanesOfProvider(engine, provider), concurrent);
  return [
    ...(breaker === undefined ? [] : [{ provider, because: 'breaker', ...breaker } as const]),
    ...(full === undefined ? [] : [{ provider, because: 'concurrent', ...sinceOf(full) } as const]),
    ...(rate === undefined ? [] : [{ provider, because: 'rate', ...rate } as const]),
  ];
}

async function fullTeam(engine: Engine, team: string): Promise<WhyFacts['fullTeam']> {
  const max = engine.tables.compiled.table.teams[team]?.inFlightMax;
  const full = max === undefined ? undefined : await fullness(engine, lanesOfTeam(engine, team), max);
  return max === undefined || full === undefined ? undefined : { team, max, ...full };
}

function sinceOf({ sinceMs }: { readonly sinceMs?: number }): { readonly sinceMs?: number } {
  return sinceMs === undefined ? {} : { sinceMs };
}
