import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A push fleet is called, so somebody has to be there. */
export function pushWake(environment: EnvironmentModel, report: Report): void {
  for (const fleet of environment.fleets.values()) {
    if (fleet.agent.delivery !== 'push') continue;
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
}
