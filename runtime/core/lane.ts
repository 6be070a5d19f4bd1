import { buildNumber, routeNumber } from '../../spec/contract/lane-numbers.ts';

/**
 * Lanes as numbers, so that one sorted set can hold all lanes of a fleet and count those of a route by a range. A route is 26
 * bits and a build 20 below it: 46 bits, and one to spare for the store's own use, fit a score exactly. A table in which two
 * routes or two builds of a fleet have the same number is refused.
 */
const BUILDS = 2 ** 20;

/** The lane of a route's tasks that a build runs. */
export function laneOf(route: string, build: string): number {
  return routeNumber(route) * BUILDS + buildNumber(build);
}

/** The route a lane belongs to. */
export function routeOfLane(lane: number): number {
  return Math.floor(lane / BUILDS);
}
