import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { formatSize } from '../../../spec/contract/units.ts';
import { waves } from '../../core/fleet-context.ts';
import { SCHEDULER_PRIORITY, labelValue, labels, namespaces, pods, ports, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { schedulerNetwork } from './scheduler-network.ts';
import { schedulerPod } from './scheduler-pod.ts';
import { addDefaultDeny } from '../../cdk8s/platform-network.ts';

/** The scheduler: replicas that each keep a journal of their own on a volume of their own. */
export function addScheduler(add: Add, context: PlatformContext): void {
  const meta = (name: string, wave: number) => {
    const metadata = context.metadata(namespaces.system, name, wave);
    return { ...metadata, labels: { ...metadata.labels, ...pods.scheduler } };
  };
  addDefaultDeny(add, context, namespaces.system);
  add(k8s.KubeNetworkPolicy, { metadata: meta(services.scheduler, waves.guard), spec: schedulerNetwork(context) });
  add(k8s.KubeServiceAccount, {
    metadata: meta(services.scheduler, waves.access),
    automountServiceAccountToken: false,
  });
  add(k8s.KubeService, {
    metadata: meta(services.scheduler, waves.workload),
    spec: {
      selector: pods.scheduler,
      ports: [{ name: 'http', port: ports.scheduler, targetPort: named('http'), protocol: 'TCP', appProtocol: 'http' }],
    },
  });
  add(k8s.KubeService, {
    metadata: meta(services.schedulerPeers, waves.workload),
    spec: {
      clusterIp: 'None',
      // A replica that recovers is found by the others before it is ready for clients.
      publishNotReadyAddresses: true,
      selector: pods.scheduler,
      ports: [
        { name: 'http', port: ports.scheduler, targetPort: named('http'), protocol: 'TCP', appProtocol: 'http' },
        ...mirrorPorts(context),
      ],
    },
  });
  add(k8s.KubePodDisruptionBudget, {
    metadata: meta(services.scheduler, waves.workload),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: pods.scheduler },
    },
  });
  addReplicas(add, context, meta(services.scheduler, waves.workload));
}

/** One scheduler sends what it writes to the next one, by its own name. */
function mirrorPorts({ environment, from }: PlatformContext): K8s.ServicePort[] {
  if (!environment.facts.scheduler.mirrored) return [];
  const port = from(ports.schedulerMirror, 'scheduler', 'mirror');
  return [{ name: 'http-mirror', port, targetPort: named('http-mirror'), protocol: 'TCP', appProtocol: 'http' }];
}

function named(port: string) {
  return k8s.IntOrString.fromString(port);
}

/** A journal outlives its pod and the scheduler itself: it may hold tasks that nobody has finished yet. */
function addReplicas(add: Add, context: PlatformContext, metadata: ReturnType<PlatformContext['metadata']>): void {
  const { from, environment } = context;
  const { scheduler, storageClass } = environment.facts;
  const size = from(formatSize(scheduler.journalBytes), 'scheduler', 'journal');
  add(k8s.KubeStatefulSet, {
    metadata,
    spec: {
      replicas: from(scheduler.replicas, 'scheduler', 'replicas'),
      serviceName: services.schedulerPeers,
      podManagementPolicy: 'Parallel',
      revisionHistoryLimit: 5,
      minReadySeconds: 15,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: pods.scheduler },
      template: {
        metadata: {
          labels: { ...metadata.labels, [labels.version]: versionOf(scheduler.image) },
          annotations: {
            'prometheus.io/scrape': 'true',
            'prometheus.io/port': String(ports.schedulerOps),
            'prometheus.io/path': '/metrics',
          },
        },
        spec: { ...schedulerPod(context), priorityClassName: SCHEDULER_PRIORITY },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'journal' },
          spec: {
            accessModes: ['ReadWriteOncePod'],
            ...(storageClass === undefined ? {} : { storageClassName: from(storageClass, 'platform', 'storageClass') }),
            resources: { requests: { storage: k8s.Quantity.fromString(size) } },
          },
        },
      ],
    },
  });
}

/** The tag of an image, or the first twelve digits of its digest, as a label may have it. */
function versionOf(image: string): string {
  const digest = /@sha256:([0-9a-f]{12})/.exec(image)?.[1];
  return digest ?? labelValue(/:([A-Za-z0-9_.-]+)$/.exec(image)?.[1] ?? 'unknown');
}
