import { ROUTES_OF_FLEET_MAX } from '../../../spec/contract/routing-table.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { waysOf, type Way } from './ways-of-fleets.ts';

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
