import type { EnvironmentModel } from '../../core/model.ts';
import { namespaces } from '../../core/names.ts';
import { searchCluster } from './names.ts';

/** The Elasticsearch of an environment: its own, or one the spec names. */
export interface Search {
  readonly own: boolean;
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/**
 * An environment that says nothing of observability keeps traces in memory and logs on the nodes. One that names no
 * Elasticsearch gets its own, inside the mesh, which encrypts for it.
 */
export function searchOf({ facts }: EnvironmentModel): Search | undefined {
  const { observability, secrets } = facts;
  if (observability === undefined || secrets === undefined) return undefined;
  const url = observability.elasticsearch ?? `http://${searchCluster}-es-http.${namespaces.observability}.svc:9200`;
  const [, scheme = '', host = '', port] = /^(https?):\/\/([^/:]+)(?::([0-9]+))?/.exec(url) ?? [];
  const tls = scheme === 'https';
  return {
    own: observability.elasticsearch === undefined,
    url: url.replace(/\/$/, ''),
    host,
    port: port === undefined ? (tls ? 443 : 80) : Number(port),
    tls,
  };
}
