import { insideReason } from '../../../spec/contract/inside-host.ts';
import type { Endpoint, EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { isInCluster } from '../../core/names.ts';
import type { Origin } from '../../core/origin.ts';

/** What leaves the cluster leads outside and is encrypted, and a port is a port. */
export function endpoints(environment: EnvironmentModel, report: Report): void {
  const { people } = environment.facts;
  if (people !== undefined) endpoint(people.endpoint, environment.from(['people', 'keys']), report);
  for (const { egress, from } of environment.teams.values()) {
    egress.forEach((host, index) => refusedInside(host, from(['egress', index]), report));
  }
  for (const [field, documents] of [
    ['endpoint', environment.providers],
    ['url', environment.toolServers],
  ] as const) {
    for (const { facts, from } of documents.values()) {
      endpoint(facts.endpoint, from([field]), report);
    }
  }
}

function endpoint({ host, tls, port }: Endpoint, at: Origin, report: Report): void {
  if (port < 1 || port > 65535) report('NT2046', at, { port });
  else if (isInCluster(host) || refusedInside(host, at, report)) return;
  else if (!tls) report('NT2045', at, { host });
}

/** Whether a host was refused because it is not outside. */
function refusedInside(host: string, at: Origin, report: Report): boolean {
  const reason = insideReason(host);
  if (reason !== undefined) report('NT2062', at, { host, reason });
  return reason !== undefined;
}
