import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { isInCluster } from '../../core/names.ts';

/** What leaves the cluster is encrypted, and a port is a port. */
export function endpoints(environment: EnvironmentModel, report: Report): void {
  for (const [field, documents] of [
    ['endpoint', environment.providers],
    ['url', environment.toolServers],
  ] as const) {
    for (const { facts, from } of documents.values()) {
      const { host, tls, port } = facts.endpoint;
      if (port < 1 || port > 65535) report('NT2046', from([field]), { port });
      else if (!tls && !isInCluster(host)) report('NT2045', from([field]), { host });
    }
  }
}
