import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Place } from '../../core/origin.ts';

/** A route that leads to a fleet, and the place that says so. */
export interface Way {
  readonly route: RouteModel;
  readonly at: Place;
}

/** By fleet id. A route counts once, however often it names the fleet: with a weight of 0 as well, and as a fallback. */
export function waysOf({ routes }: EnvironmentModel): ReadonlyMap<string, readonly Way[]> {
  const ways = new Map<string, Way[]>();
  for (const route of routes) {
    const targets = [...route.to, ...route.fallback.map(({ to }) => to)];
    const named = new Map(targets.reverse().map(({ fleet, at }) => [fleet, at]));
    for (const [fleet, at] of named) {
      const known = ways.get(fleet);
      if (known === undefined) ways.set(fleet, [{ route, at }]);
      else known.push({ route, at });
    }
  }
  return ways;
}
