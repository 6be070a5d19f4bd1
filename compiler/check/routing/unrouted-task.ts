import type { EnvironmentModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';

/** Every task type that a fleet accepts is taken by a route. */
export function unroutedTask(environment: EnvironmentModel, report: Report): void {
  const { routes } = byTask(environment);
  for (const fleet of environment.fleets.values()) {
    for (const { task, at } of fleet.accepts.values()) {
      if (routes.has(task)) continue;
      const meant = nearest(task, routes.keys());
      const notes = meant === undefined ? [] : [`a route takes \`${meant}\``];
      report('NT5001', at, { fleet: fleet.id, task }, { notes });
    }
  }
}
