import { PRIORITIES } from '../../../spec/contract/task.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Waiting can make a task more urgent than it was: the most that aging reaches is above where tasks start. */
export function aging(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { default: start, aging: steps } = route.priority;
    if (steps === undefined || PRIORITIES.indexOf(steps.max) > PRIORITIES.indexOf(start)) continue;
    report('NT5056', route.from(['priority', 'aging', 'max']), { route: route.id, max: steps.max, start });
  }
}
