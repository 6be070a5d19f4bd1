import { ROUTES_OF_FLEET_MAX } from '../../../spec/contract/routing-table.ts';
import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Place } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A route that leads to a fleet, and the place that says so. */
interface Way {
  readonly route: RouteModel;
  readonly at: Place;
}

/** Most routes that are shown; whoever has a thousand knows the others by them. */
const SHOWN_MAX = 3;

/**
 * No fleet has more routes than a scheduler takes. It is said at the fleet: of a thousand routes none is the one too many, and
 * which of them is tried last changes with every precedence.
 */
export function routesOfFleet(environment: EnvironmentModel, report: Report): void {
  const ways = waysOf(environment);
  for (const fleet of environment.fleets.values()) {
    const own = ways.get(fleet.id) ?? [];
    if (own.length <= ROUTES_OF_FLEET_MAX) continue;
    report(
      'NT5081',
      fleet.at,
      { fleet: fleet.id, count: own.length, most: ROUTES_OF_FLEET_MAX },
      {
        label: 'let one route take several task types, or split the fleet',
        related: own
          .slice(0, SHOWN_MAX)
          .map(({ route, at }) => ({ message: `route \`${route.id}\` is one of them`, at })),
        notes: [`${own.length - ROUTES_OF_FLEET_MAX} must go: ${teamsOf(own)}`],
      },
    );
  }
}

/** By fleet id. A route counts once, however often it names the fleet: with a weight of 0 as well, and as a fallback. */
function waysOf({ routes }: EnvironmentModel): ReadonlyMap<string, readonly Way[]> {
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

/** Whose routes they are, the most first: who has to talk with whom. */
function teamsOf(ways: readonly Way[]): string {
  const counts = new Map<string, number>();
  for (const { route } of ways) counts.set(route.team, (counts.get(route.team) ?? 0) + 1);
  const largest = [...counts].sort(([, a], [, b]) => b - a);
  const named = largest.slice(0, SHOWN_MAX).map(([team, count]) => `team \`${team}\` has ${count}`);
  const rest = largest.length - named.length;
  return [...named, ...(rest > 0 ? [`${rest} other ${rest === 1 ? 'team has' : 'teams have'} the others`] : [])].join(
    ', ',
  );
}
