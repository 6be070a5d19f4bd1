import { formatDuration } from '../../../spec/contract/units.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { acceptsOf, weighted } from './capability.ts';

/** A task that waits for its agent still gets one: it spills in time, and the agent it waits for can exist. */
export function affinity(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    if (route.affinity === undefined) continue;
    const { mode, spillAfterMs } = route.affinity;
    const queueMs = Math.min(
      ...acceptsOf(environment, route).map((accept) => accept.timeouts.queueMs),
      route.queue.maxAgeMs,
    );
    if (spillAfterMs >= queueMs) {
      const params = { route: route.id, spill: formatDuration(spillAfterMs), queue: formatDuration(queueMs) };
      report('NT5050', route.from(['affinity', 'spillAfter']), params);
    }
    if (mode !== 'hard') continue;
    const idle = weighted(environment, route).find(({ fleet }) => fleet.scale.min === 0);
    if (idle === undefined) continue;
    const related = [{ message: 'it may have no agents', at: idle.fleet.from(['scale', 'min']) }];
    report('NT5051', route.from(['affinity', 'mode']), { route: route.id, fleet: idle.fleet.id }, { related });
  }
}
