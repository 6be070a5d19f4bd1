import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { formatSize } from '../../../spec/contract/units.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { everyCron } from '../../core/every-cron.ts';
import { waves } from '../../core/fleet-context.ts';
import { STORE_PRIORITY, labels, namespaces, platformSecrets, pods, ports, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addDefaultDeny } from '../../cdk8s/platform-network.ts';
import { addStoreNetwork } from './store-network.ts';
import type { Dragonfly } from './types.ts';

const MIB = 2 ** 20;
/** What a thread of the store wants at least, or it does not start. */
const THREAD_BYTES = 256 * MIB;
const THREADS_MAX = 4;

/** The store behind the scheduler: a view that can be rebuilt, kept in memory and copied to replicas. */
export function addStore(add: Add, context: PlatformContext): void {
  const { dragonfly: namespace } = namespaces;
  add(k8s.KubeNamespace, { metadata: context.namespace(namespace) });
  addDefaultDeny(add, context, namespace);
  addStoreNetwork(add, context);
  add(k8s.KubeServiceAccount, {
    metadata: context.metadata(namespace, services.store, waves.access),
    automountServiceAccountToken: false,
  });
  add(customResource<Dragonfly>('dragonflydb.io/v1alpha1', 'Dragonfly'), {
    metadata: context.metadata(namespace, services.store, waves.workload),
    spec: specOf(context),
  });
}

function specOf(context: PlatformContext): Dragonfly['spec'] {
  const { from, environment } = context;
  const { dragonfly, mesh } = environment.facts;
  const memory = from(formatSize(dragonfly.memoryBytes), 'dragonfly', 'memory');
  // A snapshot and buffers of replicas need room beside the data.
  const dataBytes = Math.floor((dragonfly.memoryBytes * 0.8) / MIB) * MIB;
  const threads = Math.min(THREADS_MAX, Math.max(1, Math.floor(dataBytes / THREAD_BYTES)));
  return {
    replicas: from(dragonfly.replicas, 'dragonfly', 'replicas'),
    image: from(dragonfly.image, 'dragonfly', 'image'),
    imagePullPolicy: 'IfNotPresent',
    args: [
      from(`--maxmemory=${dataBytes}`, 'dragonfly', 'memory'),
      from(`--proactor_threads=${threads}`, 'dragonfly', 'memory'),
      '--cache_mode=false',
      '--dbfilename=store',
      // Without it a master that comes back empty empties its replicas as well.
      '--break_replication_on_master_restart=true',
    ],
    serviceAccountName: services.store,
    priorityClassName: STORE_PRIORITY,
    networkPolicyEnabled: false,
    enableReplicationReadinessGate: true,
    aclFromSecret: { name: platformSecrets.storeAcl, key: 'acl' },
    // The operator adds its own, `app` among them.
    labels: { [labels.partOf]: 'nova-torch', [labels.environment]: environment.name },
    annotations: mesh === 'sidecar' ? OUTSIDE_THE_MESH : {},
    snapshot: {
      cron: from(
        sure(everyCron(dragonfly.snapshotEveryMs), 'how often a snapshot is written'),
        'dragonfly',
        'snapshotEvery',
      ),
      persistentVolumeClaimSpec: claim(context),
    },
    resources: { requests: { cpu: from(String(threads), 'dragonfly', 'memory'), memory }, limits: { memory } },
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 999,
      runAsGroup: 999,
      fsGroup: 999,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containerSecurityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: pods.store },
      },
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: pods.store },
      },
    ],
    additionalContainers: [reloader(context)],
    additionalVolumes: [{ name: 'acl-watched', secret: { secretName: platformSecrets.storeAcl, defaultMode: 0o440 } }],
  };
}

/** The operator and the replicas speak to the admin port in plain text, from outside the mesh. */
const OUTSIDE_THE_MESH = {
  'traffic.sidecar.istio.io/excludeInboundPorts': String(ports.storeAdmin),
  'traffic.sidecar.istio.io/excludeOutboundPorts': String(ports.storeAdmin),
};

/** One snapshot replaces the one before it; both are there while it is written. */
function claim({ from, environment }: PlatformContext): Dragonfly['spec']['snapshot']['persistentVolumeClaimSpec'] {
  const { dragonfly, storageClass } = environment.facts;
  const size = from(formatSize(2 * dragonfly.memoryBytes), 'dragonfly', 'memory');
  return {
    accessModes: ['ReadWriteOnce'],
    ...(storageClass === undefined ? {} : { storageClassName: from(storageClass, 'platform', 'storageClass') }),
    resources: { requests: { storage: size } },
  };
}

/** The store reads its users when it starts. After a rotation somebody must tell each copy to read them again. */
const RELOAD = `last=$(sha256sum < /acl/acl)
while sleep 10; do
  now=$(sha256sum < /acl/acl)
  [ "$now" = "$last" ] && continue
  sleep 60
  [ "$(redis-cli -p ${ports.storeAdmin} ACL LOAD)" = OK ] && last=$now
done
`;

function reloader({ from, environment }: PlatformContext) {
  return {
    name: 'acl-reload',
    image: from(environment.facts.dragonfly.image, 'dragonfly', 'image'),
    imagePullPolicy: 'IfNotPresent',
    command: ['/bin/sh', '-c', RELOAD],
    volumeMounts: [{ name: 'acl-watched', mountPath: '/acl', readOnly: true }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '32Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  } as const;
}
