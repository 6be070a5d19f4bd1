import { stableHash } from './hash.ts';

const ROUTES = 2 ** 26;

/** A route as the scheduler's store knows it: 26 bits of its name. */
export function routeNumber(route: string): number {
  return stableHash(route) % ROUTES;
}

/**
 * The first two of a fleet's routes that have one number, in their order. To the store they are one route: the tasks of both wait
 * in one queue, under the limits and the name of the one that came last.
 */
export function sameNumber(routes: Iterable<string>): readonly [first: string, second: string] | undefined {
  const known = new Map<number, string>();
  for (const route of routes) {
    const number = routeNumber(route);
    const first = known.get(number);
    if (first !== undefined) return [first, route];
    known.set(number, route);
  }
  return undefined;
}

const BUILDS = 2 ** 20;

/** A build as the scheduler's store knows it beside its route: 20 bits of its name. */
export function buildNumber(build: string): number {
  return stableHash(build) % BUILDS;
}
