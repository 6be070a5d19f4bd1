import type { EnvironmentModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from '../routing/by-task.ts';

/** Arrivals are declared for task types that exist. */
export function arrivals(environment: EnvironmentModel, report: Report): void {
  const { acceptors, routes } = byTask(environment);
  for (const task of environment.arrivals.keys()) {
    // A fleet that does not exist may be the one that accepts it, and that it does not exist was said.
    if (acceptors.has(task) || routes.get(task)?.some(({ incomplete }) => incomplete) === true) continue;
    const meant = nearest(task, acceptors.keys());
    report(
      'NT2505',
      environment.from(['arrivals', task], 'key'),
      { task },
      meant === undefined ? {} : { label: `did you mean \`${meant}\`?` },
    );
  }
}
