import type { EnvironmentModel, RouteModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from './by-task.ts';

/** Every task type of a route is accepted by somebody, and by each of its targets. */
export function unacceptedTask(environment: EnvironmentModel, report: Report): void {
  const { acceptors } = byTask(environment);
  for (const route of environment.routes) {
    for (const [index, task] of route.match.tasks.entries()) {
      const known = acceptors.has(task);
      if (known) checkTargets(environment, route, task, report);
      else reportUnknown(route, task, index, acceptors.keys(), report);
    }
  }
}

function reportUnknown(route: RouteModel, task: string, index: number, tasks: Iterable<string>, report: Report): void {
  const meant = nearest(task, tasks);
  const path = route.match.tasks.length === 1 ? ['match', 'task'] : ['match', 'task', index];
  report(
    'NT5002',
    route.from(path),
    { route: route.id, task },
    meant === undefined ? {} : { label: `did you mean \`${meant}\`?` },
  );
}

function checkTargets(environment: EnvironmentModel, route: RouteModel, task: string, report: Report): void {
  for (const target of route.to) {
    const fleet = environment.fleets.get(target.fleet);
    if (fleet === undefined || fleet.accepts.has(task)) continue;
    const related = [{ message: `it accepts ${quoted(fleet.accepts.keys())}`, at: fleet.from(['accepts'], 'key') }];
    report('NT5003', target.at, { fleet: fleet.id, task, route: route.id }, { related });
  }
}

/** At most five names, so that the line stays readable. */
function quoted(names: Iterable<string>): string {
  const all = [...names].map((name) => `\`${name}\``);
  return all.length <= 5 ? all.join(', ') : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
}
