import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { chaos } from '../../core/names.ts';
import { aggregate, gauge } from '../../core/promql/promql.ts';
import type { ChaosEngine, ExperimentName, Probe, Variable } from './types.ts';

/** What an experiment is done to. */
export interface Target {
  readonly namespace: string;
  /** A label that all of its pods have, and no others there. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: 'deployment' | 'statefulset' | 'rollout';
  readonly container: string;
}

/** What each experiment does, unless an operator says otherwise while running it. Seconds and percent. */
const SETTINGS: Readonly<Record<ExperimentName, (target: Target) => readonly Variable[]>> = {
  'pod-delete': () => [
    { name: 'TOTAL_CHAOS_DURATION', value: '60' },
    { name: 'CHAOS_INTERVAL', value: '15' },
    { name: 'PODS_AFFECTED_PERC', value: '30' },
    { name: 'SEQUENCE', value: 'parallel' },
    // Agents drain: a kill without warning is what the node does, not what a rollout does.
    { name: 'FORCE', value: 'false' },
  ],
  'pod-network-loss': ({ container }) => [
    { name: 'TOTAL_CHAOS_DURATION', value: '60' },
    { name: 'NETWORK_PACKET_LOSS_PERCENTAGE', value: '50' },
    { name: 'PODS_AFFECTED_PERC', value: '30' },
    { name: 'SEQUENCE', value: 'parallel' },
    { name: 'TARGET_CONTAINER', value: container },
    { name: 'CONTAINER_RUNTIME', value: 'containerd' },
    { name: 'SOCKET_PATH', value: '/run/containerd/containerd.sock' },
  ],
};

/** An experiment that waits: whoever runs it sets `engineState: active` in the cluster for as long as it takes. */
export function addEngine(
  add: Add,
  environment: EnvironmentFacts,
  experiment: ExperimentName,
  target: Target,
  metadata: Metadata,
): void {
  const { observability } = environment;
  add(customResource<ChaosEngine>('litmuschaos.io/v1alpha1', 'ChaosEngine'), {
    metadata,
    spec: {
      engineState: 'stop',
      appinfo: { appns: target.namespace, applabel: labelText(target), appkind: target.kind },
      chaosServiceAccount: chaos.account,
      jobCleanUpPolicy: 'delete',
      defaultHealthCheck: false,
      experiments: [
        {
          name: experiment,
          spec: {
            components: { env: SETTINGS[experiment](target) },
            ...(observability === undefined ? {} : { probe: [nothingLost(observability.prometheus)] }),
          },
        },
      ],
    },
  });
}

function labelText({ labels }: Target): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Whatever breaks, no task may be lost or done twice. */
function nothingLost(endpoint: string): Probe {
  return {
    name: 'no-task-lost',
    type: 'promProbe',
    mode: 'EOT',
    'promProbe/inputs': {
      endpoint,
      query: aggregate('sum', gauge('nova_ledger_unaccounted_tasks')).text,
      comparator: { criteria: '==', value: '0' },
    },
    runProperties: { probeTimeout: '10s', interval: '5s', retry: 3 },
  };
}

/** Wave of everything of chaos: after what it is done to. */
export const CHAOS_WAVE = waves.observe;
