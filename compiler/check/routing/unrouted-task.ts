import type { EnvironmentModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';

/** Every task type that a fleet accepts is taken by a route. */
export function unroutedTask(environment: EnvironmentModel, report: Report): void {
  const { acceptors, routes } = byTask(environment);
  for (const [task, fleets] of acceptors) {
    if (routes.has(task)) continue;
    const meant = nearest(task, routes.keys());
    for (const fleet of fleets) {
      const at = fleet.accepts.get(task)?.at ?? fleet.at;
      report(
        'NT5001',
        at,
        { fleet: fleet.id, task },
        meant === undefined ? {} : { notes: [`a route takes \`${meant}\``] },
      );
    }
  }
}
