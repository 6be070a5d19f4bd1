import type { FleetModel } from '../../core/model.ts';
import { outsideHosts } from '../../core/outside-hosts.ts';
import type { OutsideHost } from '../../core/outside-hosts.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { Surroundings } from '../fleet-check.ts';

/**
 * With sidecars, two hosts outside the cluster cannot share a port on which no TLS is spoken: the proxy sees nothing but the
 * port. In ambient mode each host has an address of its own.
 */
export function plainPorts(fleet: FleetModel, report: Report, { environment }: Surroundings): void {
  if (environment.facts.mesh === 'ambient') return;
  const first = new Map<number, OutsideHost>();
  for (const one of outsideHosts(fleet).filter(({ tls }) => !tls)) {
    const other = first.get(one.port);
    if (other === undefined) first.set(one.port, one);
    else
      report(
        'NT3201',
        one.at,
        { host: one.host, other: other.host, port: one.port },
        { related: [{ message: 'the other host', at: other.at }] },
      );
  }
}
