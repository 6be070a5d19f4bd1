import { formatDuration } from '../../../spec/contract/units.ts';
import { cronProblem } from '../../core/cron.ts';
import { cronWindows } from '../../core/cron-window.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { Surroundings } from '../fleet-check.ts';

/** The longest that the autoscaler of Kubernetes looks back. */
const LOOK_BACK_MS = 3_600_000;

/** What the scalers of a cluster can do with `scale`. */
export function scalerLimits(fleet: FleetModel, report: Report, { environment }: Surroundings): void {
  const { min, max, downAfterMs } = fleet.scale;
  if (min === max) return;
  if (downAfterMs > LOOK_BACK_MS)
    report('NT2551', fleet.from(['scale', 'down', 'after']), {
      fleet: fleet.id,
      after: formatDuration(downAfterMs),
      most: formatDuration(LOOK_BACK_MS),
    });
  if (min === 0 && environment.facts.observability === undefined)
    report('NT2553', fleet.from(['scale', 'min']), { fleet: fleet.id, environments: `\`${environment.name}\`` });
  checkTimes(fleet, report);
}

function checkTimes({ scale, from }: FleetModel, report: Report): void {
  for (const [index, { cron, holdMs }] of scale.schedule.entries()) {
    if (cronProblem(cron) !== undefined) continue;
    const windows = cronWindows(cron, holdMs);
    if (!('problem' in windows)) continue;
    const params = { cron, hold: formatDuration(holdMs), problem: windows.problem };
    report('NT2552', from(['scale', 'schedule', index, 'hold']), params);
  }
}
