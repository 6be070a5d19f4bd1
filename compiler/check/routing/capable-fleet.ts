import type { EnvironmentModel, FleetModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';
import { distance, isTemplate, lacks, weighted } from './capability.ts';
import type { Need } from './capability.ts';

/** Each target of a route has all skills that the route requires and that do not depend on the task. */
export function capableFleet(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const needs = fixedNeeds(route);
    const targets = weighted(environment, route);
    if (needs.length === 0 || targets.length === 0) continue;
    const lacking = targets.filter(({ fleet }) => distance(fleet, needs) > 0);
    if (lacking.length === targets.length)
      reportNobody(
        environment,
        route,
        needs,
        lacking.map(({ fleet }) => fleet),
        report,
      );
    else for (const { target, fleet } of lacking) reportOne(route, target.at, fleet, needs, report);
  }
}

/** The requirements of a route that are the same for every task. */
function fixedNeeds(route: RouteModel): Need[] {
  return route.require.filter(({ template }) => !isTemplate(template)).map(({ template, level }) => [template, level]);
}

function reportOne(
  route: RouteModel,
  at: RouteModel['at'],
  fleet: FleetModel,
  needs: readonly Need[],
  report: Report,
): void {
  report(
    'NT5005',
    at,
    { fleet: fleet.id, route: route.id },
    {
      label: lacks(fleet, needs).join('; '),
      related: [{ message: `the skills of \`${fleet.id}\``, at: fleet.from(['skills'], 'key') }],
    },
  );
}

function reportNobody(
  environment: EnvironmentModel,
  route: RouteModel,
  needs: readonly Need[],
  targets: readonly FleetModel[],
  report: Report,
): void {
  const closest = nearestFleet(targets, needs);
  const targeted = new Set(route.to.map((target) => target.fleet));
  const able = route.match.tasks
    .flatMap((task) => byTask(environment).acceptors.get(task) ?? [])
    .find((fleet) => !targeted.has(fleet.id) && distance(fleet, needs) === 0);
  report(
    'NT5004',
    route.from(['require', 'skills'], 'key'),
    { route: route.id },
    {
      label: `nearest is \`${closest.id}\`: ${lacks(closest, needs).join('; ')}`,
      related: [{ message: `the skills of \`${closest.id}\``, at: closest.from(['skills'], 'key') }],
      notes:
        able === undefined
          ? []
          : [`\`${able.id}\` accepts the task and has all of them, but is not a target of this route`],
    },
  );
}

/** The fleet that misses the fewest levels; the first by id among equals. */
export function nearestFleet(fleets: readonly FleetModel[], needs: readonly Need[]): FleetModel {
  return fleets.reduce((best, fleet) => {
    const difference = distance(fleet, needs) - distance(best, needs);
    return difference < 0 || (difference === 0 && fleet.id < best.id) ? fleet : best;
  });
}
