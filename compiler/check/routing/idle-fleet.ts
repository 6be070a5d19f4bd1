import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';

/** Every fleet is sent tasks by a route or asked by another fleet; a fleet whose tasks have no route at all is NT5001's. */
export function idleFleet(environment: EnvironmentModel, report: Report): void {
  const named = new Set<string>();
  for (const route of environment.routes) {
    for (const target of route.to) named.add(target.fleet);
    for (const step of route.fallback) named.add(step.to.fleet);
  }
  const { routes } = byTask(environment);
  for (const fleet of environment.fleets.values()) {
    if (named.has(fleet.id) || fleet.calledBy.length > 0) continue;
    const takers = [...fleet.accepts.keys()].map((task) => routes.get(task) ?? []);
    if (takers.some((some) => some.length === 0)) continue;
    // A route that sends its tasks to a fleet that does not accept them was meant for another one, perhaps this.
    if (takers.flat().some((route) => hasStrayTarget(environment, route))) continue;
    report('NT5008', fleet.at, { fleet: fleet.id });
  }
}

function hasStrayTarget({ fleets }: EnvironmentModel, { to, match }: RouteModel): boolean {
  return to.some(({ fleet: id }) => {
    const fleet = fleets.get(id);
    return fleet !== undefined && !match.tasks.some((task) => fleet.accepts.has(task));
  });
}
