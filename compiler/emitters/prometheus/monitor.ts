import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext, Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { finders, pods, ports } from '../../core/names.ts';

const MONITOR = customResource<IPodMonitor>('monitoring.coreos.com/v1', 'PodMonitor');

const PACE = { interval: '15s', scrapeTimeout: '10s' } as const;

/**
 * How agents are scraped. With a sidecar through its merged port, which alone speaks without mTLS; refused: a plain port of
 * the agent itself, a hole in STRICT. In ambient mode the node's proxy takes care of it.
 */
export function addAgentMonitor(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const port = from(fleet.agent.ports.metrics, 'agent', 'ports', 'metrics');
  add(MONITOR, {
    metadata: found(context.metadata(fleet.name, waves.observe)),
    spec: {
      selector: { matchLabels: context.selector },
      podMetricsEndpoints: [
        {
          ...target(fleet.environment.mesh, port),
          ...PACE,
          // Agents do not know whose they are; dashboards ask by fleet.
          relabelings: [{ action: 'replace', targetLabel: 'fleet', replacement: fleet.id }],
        },
      ],
    },
  });
}

/** How schedulers are scraped; they name fleets themselves. */
export function addSchedulerMonitor(add: Add, metadata: Metadata, mesh: EnvironmentFacts['mesh']): void {
  add(MONITOR, {
    metadata,
    spec: {
      selector: { matchLabels: { ...pods.scheduler } },
      podMetricsEndpoints: [{ ...target(mesh, ports.schedulerOps), ...PACE }],
    },
  });
}

function target(mesh: EnvironmentFacts['mesh'], port: number) {
  return mesh === 'ambient'
    ? { portNumber: port, path: '/metrics' }
    : { portNumber: ports.mergedMetrics, path: '/stats/prometheus' };
}

/** Metadata of an object that the cluster's Prometheus finds. */
export function found(metadata: Metadata): Metadata {
  return { ...metadata, labels: { ...metadata.labels, ...finders.prometheus } };
}
