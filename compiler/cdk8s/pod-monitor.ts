import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { Metadata } from '../core/fleet-context.ts';
import type { EnvironmentFacts } from '../core/model.ts';
import { finders, ports } from '../core/names.ts';
import { customResource } from './custom.ts';
import type { Add } from './synthesize.ts';

const MONITOR = customResource<IPodMonitor>('monitoring.coreos.com/v1', 'PodMonitor');
const PACE = { interval: '15s', scrapeTimeout: '10s' } as const;

type Endpoint = NonNullable<NonNullable<IPodMonitor['spec']>['podMetricsEndpoints']>[number];

export interface Scraped {
  readonly pods: Readonly<Record<string, string>>;
  readonly port: number;
  readonly path?: string;
  readonly relabelings?: Endpoint['relabelings'];
}

/**
 * How pods are scraped. With a sidecar through its merged port, which alone speaks without mTLS, and leads where annotations of
 * the pod say; refused: a plain port of the pod itself, a hole in STRICT. In ambient mode the node's proxy takes care of it.
 */
export function addPodMonitor(
  add: Add,
  metadata: Metadata,
  mesh: EnvironmentFacts['mesh'],
  { pods, port, path = '/metrics', relabelings }: Scraped,
): void {
  const target =
    mesh === 'ambient' ? { portNumber: port, path } : { portNumber: ports.mergedMetrics, path: '/stats/prometheus' };
  add(MONITOR, {
    metadata: found(metadata),
    spec: {
      selector: { matchLabels: { ...pods } },
      podMetricsEndpoints: [{ ...target, ...PACE, ...(relabelings !== undefined && { relabelings }) }],
    },
  });
}

/** Metadata of an object that the cluster's Prometheus finds. */
export function found(metadata: Metadata): Metadata {
  return { ...metadata, labels: { ...metadata.labels, ...finders.prometheus } };
}
