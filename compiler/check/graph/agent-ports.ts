import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** An agent can listen on its ports: it is not root, and the mesh has some of its own. */
export function agentPorts(fleet: FleetModel, report: Report): void {
  for (const part of ['http', 'metrics'] as const) {
    const port = fleet.agent.ports[part];
    const reason = refusalOf(port);
    if (reason !== undefined) report('NT2043', fleet.from(['agent', 'ports', part]), { port, reason });
  }
}

function refusalOf(port: number): string | undefined {
  if (port < 1024) return 'only root may listen below 1024';
  return port >= 15000 && port <= 15100 ? 'the mesh uses 15000 to 15100' : undefined;
}
