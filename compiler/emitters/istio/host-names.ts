import { deriveName } from '../../core/names.ts';
import type { OutsideHost } from '../../core/outside-hosts.ts';

/**
 * The name by which the egress gateway knows a host and port: the server name of the connection to it. Two ports of a host
 * need two names.
 */
export function serverName({ host, port }: Pick<OutsideHost, 'host' | 'port'>): string {
  return port === 443 ? host : `p${port}.${host}`;
}

/** A name for objects and subsets of a host. Hyphens are doubled and dots become hyphens, so that no two names meet. */
export function hostName(host: string): string {
  return deriveName([host.replaceAll('-', '--').replaceAll('.', '-')]);
}

/** The same for a host and a port. */
export function endpointName(endpoint: Pick<OutsideHost, 'host' | 'port'>): string {
  return hostName(serverName(endpoint));
}
