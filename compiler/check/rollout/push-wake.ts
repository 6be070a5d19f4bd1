import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A push fleet is called, so somebody has to be there. */
export function pushWake(fleet: FleetModel, report: Report): void {
  if (fleet.agent.delivery !== 'push') return;
  if (fleet.scale.min === 0) {
    report(
      'NT2546',
      fleet.from(['scale', 'min']),
      { fleet: fleet.id },
      {
        related: [{ message: 'the scheduler calls its agents', at: fleet.from(['agent', 'delivery']) }],
      },
    );
  }
}
