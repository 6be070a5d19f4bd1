import { fleetBreaker, providerBreaker } from './breakers.ts';
import type { Engine } from './engine.ts';

/** The breakers that a build's runs go through: its own, and those of its fleet's providers. */
export function breakerNames(
  { tables }: Engine,
  fleet: string,
  build: string,
): { readonly own: string; readonly providers: readonly string[] } {
  const providers = tables.compiled.table.fleets[fleet]?.providers ?? [];
  return { own: fleetBreaker(fleet, build), providers: providers.map(providerBreaker) };
}
