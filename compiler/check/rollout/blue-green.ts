import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Blue-green runs two full sets of agents; volumes belong to one. */
export function blueGreen(fleet: FleetModel, report: Report): void {
  if (fleet.rollout.strategy !== 'blue-green' || fleet.memory === undefined) return;
  report(
    'NT2545',
    fleet.from(['rollout', 'strategy']),
    { fleet: fleet.id },
    {
      related: [{ message: 'its memory', at: fleet.from(['memory'], 'key') }],
    },
  );
}
