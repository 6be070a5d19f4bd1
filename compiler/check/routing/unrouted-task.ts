import type { EnvironmentModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';
import { waitingTasks } from './unaccepted-task.ts';

/** Every task type that a fleet accepts is taken by a route. */
export function unroutedTask(environment: EnvironmentModel, report: Report): void {
  const { routes, acceptors } = byTask(environment);
  // Routes to the fleet that take what nobody accepts were meant to take this: the two are one problem, at the route.
  const meant = new Set(
    environment.routes
      .filter(({ match, incomplete }) => incomplete !== true && match.tasks.some((task) => !acceptors.has(task)))
      .flatMap((route) => waitingTasks(environment, route)),
  );
  for (const fleet of environment.fleets.values()) {
    for (const accept of fleet.accepts.values()) {
      const { task, at } = accept;
      if (routes.has(task) || meant.has(accept)) continue;
      const near = nearest(task, routes.keys());
      const notes = near === undefined ? [] : [`a route takes \`${near}\``];
      report('NT5001', at, { fleet: fleet.id, task }, { notes });
    }
  }
}
