import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Tasks and health are served on one port, metrics on another: a process cannot listen twice on the same. */
export function ports(environment: EnvironmentModel, report: Report): void {
  for (const fleet of environment.fleets.values()) {
    const { http, metrics } = fleet.agent.ports;
    if (http !== metrics) continue;
    report(
      'NT2549',
      fleet.from(['agent', 'ports', 'metrics']),
      { fleet: fleet.id, port: http },
      {
        related: [{ message: 'the other port', at: fleet.from(['agent', 'ports', 'http']) }],
      },
    );
  }
}
