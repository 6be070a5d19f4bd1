/**
 * Custom resources of Litmus, as far as we write them. Their own schemas keep fields that nobody reads, so a wrong name
 * would pass unseen; here it does not compile.
 */
import type { Metadata } from '../../core/fleet-context.ts';

export interface Variable {
  readonly name: VariableName;
  readonly value: string;
}

/** What the experiments that we have read. */
type VariableName =
  | 'CHAOS_INTERVAL'
  | 'CONTAINER_RUNTIME'
  | 'FORCE'
  | 'LIB_IMAGE'
  | 'LIB_IMAGE_PULL_POLICY'
  | 'NETWORK_PACKET_LOSS_PERCENTAGE'
  | 'PODS_AFFECTED_PERC'
  | 'SEQUENCE'
  | 'SOCKET_PATH'
  | 'TARGET_CONTAINER'
  | 'TOTAL_CHAOS_DURATION';

export type ExperimentName = 'pod-delete' | 'pod-network-loss';

export interface ChaosEngine {
  readonly apiVersion: 'litmuschaos.io/v1alpha1';
  readonly kind: 'ChaosEngine';
  readonly metadata: Metadata;
  readonly spec: {
    readonly engineState: 'stop';
    readonly appinfo: {
      readonly appns: string;
      /** `name=value` */
      readonly applabel: string;
      readonly appkind: 'deployment' | 'statefulset' | 'rollout';
    };
    readonly chaosServiceAccount: string;
    readonly jobCleanUpPolicy: 'delete';
    readonly defaultHealthCheck: boolean;
    readonly experiments: readonly {
      readonly name: ExperimentName;
      readonly spec: {
        readonly components: { readonly env: readonly Variable[] };
        readonly probe?: readonly Probe[];
      };
    }[];
  };
}

/** Judged against Prometheus when the experiment ends. */
export interface Probe {
  readonly name: string;
  readonly type: 'promProbe';
  readonly mode: 'EOT';
  readonly 'promProbe/inputs': {
    readonly endpoint: string;
    readonly query: string;
    readonly comparator: { readonly criteria: '=='; readonly value: string };
  };
  readonly runProperties: { readonly probeTimeout: string; readonly interval: string; readonly retry: number };
}

export interface ChaosExperiment {
  readonly apiVersion: 'litmuschaos.io/v1alpha1';
  readonly kind: 'ChaosExperiment';
  readonly metadata: Metadata;
  readonly spec: {
    readonly definition: {
      readonly scope: 'Namespaced';
      readonly image: string;
      readonly imagePullPolicy: 'IfNotPresent';
      readonly command: readonly string[];
      readonly args: readonly string[];
      readonly env: readonly Variable[];
      readonly labels: Readonly<Record<string, string>>;
      /** Rights are given by our own roles. */
      readonly permissions: readonly never[];
    };
  };
}
