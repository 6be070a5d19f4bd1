import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** The fewest agents, always or for a time, are not more than the most. */
export function scaleBounds(fleet: FleetModel, report: Report): void {
  const { min, max, schedule } = fleet.scale;
  const related = () => [{ message: 'the most', at: fleet.from(['scale', 'max']) }];
  if (min > max) report('NT2506', fleet.from(['scale', 'min']), { fleet: fleet.id, min, max }, { related: related() });
  for (const [index, time] of schedule.entries()) {
    if (time.min <= max) continue;
    report(
      'NT2506',
      fleet.from(['scale', 'schedule', index, 'min']),
      { fleet: fleet.id, min: time.min, max },
      { related: related() },
    );
  }
}
