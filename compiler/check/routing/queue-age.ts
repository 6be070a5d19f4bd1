import { formatDuration } from '../../../spec/contract/units.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { acceptsOf } from './capability.ts';

/** A queue does not drop a task before the task's own queue timeout, which is what sends it to the dead letters. */
export function queueAge(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const { maxAgeMs } = route.queue;
    const accept = acceptsOf(environment, route).find((each) => each.timeouts.queueMs > maxAgeMs);
    if (accept === undefined) continue;
    const params = {
      route: route.id,
      age: formatDuration(maxAgeMs),
      task: accept.task,
      queue: formatDuration(accept.timeouts.queueMs),
    };
    report('NT5054', route.from(['queue', 'maxAge']), params, {
      related: [{ message: `\`${accept.task}\` is accepted here`, at: accept.at }],
    });
  }
}
