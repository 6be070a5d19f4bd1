import { formatDuration } from '../../../spec/contract/units.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Silence is noticed before the run is over anyway. */
export function heartbeat(fleet: FleetModel, report: Report): void {
  for (const { task, timeouts } of fleet.accepts.values()) {
    if (timeouts.heartbeatMs < timeouts.runMs) continue;
    const params = {
      fleet: fleet.id,
      task,
      heartbeat: formatDuration(timeouts.heartbeatMs),
      run: formatDuration(timeouts.runMs),
    };
    report('NT5055', fleet.from(['accepts', task, 'timeouts', 'heartbeat']), params);
  }
}
