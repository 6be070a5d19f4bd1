import type { Add } from '../../cdk8s/synthesize.ts';
import { PROMPT_FILE, promptName } from '../../cdk8s/agent/pod.ts';
import { nearestFirst, serviceProps, workloadMetadata, workloadSpec } from '../../cdk8s/agent/workload.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { formatSize } from '../../../spec/contract/units.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { partitionOf } from '../../core/hand-over.ts';
import type { MemoryModel } from '../../core/model.ts';
import { podsService } from '../../core/names.ts';
import { workloadKind } from '../../core/workload.ts';

/** What runs the agents, unless a Rollout does: a Deployment, or a StatefulSet when each agent has a volume of its own. */
export function addWorkload(add: Add, context: FleetContext): void {
  const { fleet } = context;
  if (fleet.memory !== undefined) addStatefulSet(add, context, fleet.memory);
  else if (workloadKind(fleet) === 'Deployment') addDeployment(add, context);
  addServices(add, context);
  addBudget(add, context);
  addPrompt(add, context);
}

function addDeployment(add: Add, context: FleetContext): void {
  add(k8s.KubeDeployment, {
    metadata: workloadMetadata(context),
    spec: {
      ...workloadSpec(context),
      progressDeadlineSeconds: 600,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: k8s.IntOrString.fromString('25%'), maxUnavailable: k8s.IntOrString.fromNumber(0) },
      },
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
      ...workloadSpec(context),
      serviceName: from(podsService(fleet.name)),
      podManagementPolicy: 'Parallel',
      // Agents from this number on are renewed. Nothing in the cluster lowers it: the next commit of a hand-over does.
      updateStrategy: {
        type: 'RollingUpdate',
        rollingUpdate: { partition: from(partitionOf(fleet), 'rollout', 'underway', 'step') },
      },
      persistentVolumeClaimRetentionPolicy: {
        whenDeleted: from(keep, 'memory', 'keep'),
        whenScaled: from(keep, 'memory', 'keep'),
      },
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

function addServices(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(k8s.KubeService, serviceProps(context, fleet.name), nearestFirst(fleet));
  if (fleet.memory === undefined) return;
  // The mesh reads no HTTP on the way to a headless Service: callers need the other one.
  const { metadata, spec } = serviceProps(context, podsService(fleet.name));
  add(k8s.KubeService, { metadata, spec: { ...spec, clusterIp: 'None', publishNotReadyAddresses: false } });
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
    data: { [PROMPT_FILE]: from(prompt.text, 'agent', 'prompt') },
  });
}
