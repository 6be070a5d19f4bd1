import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { finders, ports } from '../../core/names.ts';

const MONITOR = customResource<IPodMonitor>('monitoring.coreos.com/v1', 'PodMonitor');

/** How often everything is scraped. */
export const SCRAPE = { interval: '15s', scrapeTimeout: '10s' } as const;

/**
 * How agents are scraped. With a sidecar through its merged port, which alone speaks without mTLS; refused: a plain port of
 * the agent itself, a hole in STRICT. In ambient mode the node's proxy takes care of it.
 */
export function addAgentMonitor(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const metadata = context.metadata(fleet.name, waves.observe);
  const target =
    fleet.environment.mesh === 'ambient'
      ? { portNumber: from(fleet.agent.ports.metrics, 'agent', 'ports', 'metrics'), path: '/metrics' }
      : { portNumber: ports.mergedMetrics, path: '/stats/prometheus' };
  add(MONITOR, {
    metadata: { ...metadata, labels: { ...metadata.labels, ...finders.prometheus } },
    spec: {
      selector: { matchLabels: context.selector },
      podMetricsEndpoints: [
        {
          ...target,
          ...SCRAPE,
          // Agents do not know whose they are; dashboards ask by fleet.
          relabelings: [{ action: 'replace', targetLabel: 'fleet', replacement: fleet.id }],
        },
      ],
    },
  });
}
