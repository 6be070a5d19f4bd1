import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Tasks and health are served on one port, metrics on another: a process cannot listen twice on the same. */
export function ports(fleet: FleetModel, report: Report): void {
  const { http, metrics } = fleet.agent.ports;
  if (http !== metrics) return;
  report(
    'NT2549',
    fleet.from(['agent', 'ports', 'metrics']),
    { fleet: fleet.id, port: http },
    {
      related: [{ message: 'the other port', at: fleet.from(['agent', 'ports', 'http']) }],
    },
  );
}
