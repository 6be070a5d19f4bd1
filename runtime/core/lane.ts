import { stableHash } from '../../spec/contract/hash.ts';

/**
 * Lanes as numbers, so that one sorted set can hold all lanes of a fleet and count those of a route by a range. A route is 26
 * bits and a build 20 below it: 46 bits, and one to spare for the store's own use, fit a score exactly. Two routes of a fleet
 * with the same number (one in 67 million) would share their limits and nothing else.
 */
const BUILDS = 2 ** 20;
const ROUTES = 2 ** 26;

/** The number of a route. */
export function routeNumber(route: string): number {
  return stableHash(route) % ROUTES;
}

/** The lane of a route's tasks that a build runs. */
export function laneOf(route: string, build: string): number {
  return routeNumber(route) * BUILDS + (stableHash(build) % BUILDS);
}

/** The route a lane belongs to. */
export function routeOfLane(lane: number): number {
  return Math.floor(lane / BUILDS);
}
