import type { EnvironmentModel } from '../../core/model.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { byTask } from '../routing/by-task.ts';

/** Arrivals are declared for task types that exist. */
export function arrivals(environment: EnvironmentModel, report: Report): void {
  const { acceptors } = byTask(environment);
  for (const task of environment.arrivals.keys()) {
    if (acceptors.has(task)) continue;
    const meant = nearest(task, acceptors.keys());
    report(
      'NT2505',
      environment.from(['arrivals', task], 'key'),
      { task },
      meant === undefined ? {} : { label: `did you mean \`${meant}\`?` },
    );
  }
}
