import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import { formatSize } from '../../../spec/contract/units.ts';
import type { FleetModel, MemoryModel } from '../../core/model.ts';
import { LABEL_PREFIX, podsService } from '../../core/names.ts';
import { deliveredSecrets } from '../../core/secrets.ts';
import { present } from './present.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { podTemplate, promptName } from './pod.ts';

/** What runs the agents: a Deployment, or a StatefulSet when each agent has a volume of its own. */
export function addWorkload(add: Add, context: FleetContext): void {
  const { fleet } = context;
  if (fleet.memory === undefined) addDeployment(add, context);
  else addStatefulSet(add, context, fleet.memory);
  addService(add, context);
  addBudget(add, context);
  addPrompt(add, context);
}

function workloadMetadata(context: FleetContext) {
  const { fleet, from } = context;
  const annotations = present({
    [`${LABEL_PREFIX}/description`]:
      fleet.description === undefined ? undefined : from(fleet.description, 'description'),
    [`${LABEL_PREFIX}/role`]: fleet.role === undefined ? undefined : from(fleet.role, 'role'),
    'secret.reloader.stakater.com/reload': reloadedSecrets(fleet),
  });
  return context.metadata(from(fleet.name), waves.workload, annotations);
}

/** With External Secrets nothing restarts what holds a secret in a variable; Reloader does. The other operator does itself. */
function reloadedSecrets(fleet: FleetModel): string | undefined {
  if (fleet.environment.secrets?.delivery !== 'eso') return undefined;
  const names = deliveredSecrets(fleet).filter(({ mount }) => mount === 'env');
  return names.length === 0 ? undefined : names.map(({ name }) => name).join(',');
}

/** A fleet of a fixed size says it; one that is scaled leaves the number to its scaler. */
function replicasOf({ fleet, from }: FleetContext): { replicas?: number } {
  const { min, max } = fleet.scale;
  return min === max ? { replicas: from(max, 'scale', 'max') } : {};
}

function addDeployment(add: Add, context: FleetContext): void {
  add(k8s.KubeDeployment, {
    metadata: workloadMetadata(context),
    spec: {
      ...replicasOf(context),
      revisionHistoryLimit: 5,
      minReadySeconds: 15,
      progressDeadlineSeconds: 600,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromString('25%'), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      },
      selector: { matchLabels: context.selector },
      template: podTemplate(context, spreadOf(context, ['pod-template-hash'])),
    },
  });
}

function addStatefulSet(add: Add, context: FleetContext, memory: MemoryModel): void {
  const { fleet, from } = context;
  const keep = memory.keep === 'always' ? 'Retain' : 'Delete';
  const size = k8s.Quantity.fromString(from(formatSize(memory.sizeBytes), 'memory', 'size'));
  add(k8s.KubeStatefulSet, {
    metadata: workloadMetadata(context),
    spec: {
      ...replicasOf(context),
      serviceName: from(podsService(fleet.name)),
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 5,
      minReadySeconds: 15,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: from(keep, 'memory', 'keep'),
        whenScaled: from(keep, 'memory', 'keep'),
      },
      selector: { matchLabels: context.selector },
      template: podTemplate(context, spreadOf(context, [])),
      volumeClaimTemplates: [
        {
          metadata: { name: 'memory' },
          spec: {
            accessModes: ['ReadWriteOncePod'],
            ...(memory.storageClass === undefined
              ? {}
              : { storageClassName: from(memory.storageClass, 'memory', 'class') }),
            resources: { requests: { storage: size } },
          },
        },
      ],
    },
  });
}

/** Pods of one version spread over zones and nodes; without the hash, those of the old version would count too. */
function spreadOf({ selector }: FleetContext, matchLabelKeys: string[]): K8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey, index) => ({
    maxSkew: index + 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selector },
    ...(matchLabelKeys.length === 0 ? {} : { matchLabelKeys }),
  }));
}

/** Calls go to a near agent first, where the version knows how to say so and no agent is the only one that remembers. */
function addService(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const { memory, environment } = fleet;
  const spreads = memory === undefined && minorOf(environment.kubernetes) >= 31;
  const props = (name: string) => ({
    metadata: context.metadata(from(name), waves.workload),
    spec: {
      ...(name === fleet.name ? {} : { clusterIp: 'None', publishNotReadyAddresses: false }),
      selector: context.selector,
      ports: [
        {
          name: 'http',
          port: from(fleet.agent.ports.http, 'agent', 'ports', 'http'),
          targetPort: k8s.IntOrString.fromString('http'),
          protocol: 'TCP',
          appProtocol: 'http',
        },
      ],
    },
  });
  add(k8s.KubeService, props(fleet.name), spreads ? { '/spec/trafficDistribution': 'PreferClose' } : {});
  // The mesh reads no HTTP on the way to a headless Service: callers need the other one.
  if (memory !== undefined) add(k8s.KubeService, props(podsService(fleet.name)));
}

/** The 33 of `1.33`. */
function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function addBudget(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  add(k8s.KubePodDisruptionBudget, {
    metadata: context.metadata(from(fleet.name), waves.workload),
    spec: {
      maxUnavailable: k8s.IntOrString.fromString('10%'),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: context.selector },
    },
  });
}

function addPrompt(add: Add, context: FleetContext): void {
  const { fleet, from } = context;
  const { prompt } = fleet.agent;
  if (prompt === undefined) return;
  add(k8s.KubeConfigMap, {
    metadata: context.metadata(from(promptName(fleet.name), 'agent', 'prompt'), waves.access),
    data: { 'prompt.md': from(prompt.text, 'agent', 'prompt') },
  });
}
