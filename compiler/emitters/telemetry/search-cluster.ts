import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { STORE_PRIORITY, namespaces, platformSecrets } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { SEARCH_VERSION, searchCluster, telemetryPods, telemetryPorts } from './names.ts';
import type { Elasticsearch } from './types.ts';

/** An Elasticsearch of the environment's own, where the spec names none. Its HTTP is encrypted by the mesh. */
export function addSearchCluster(add: Add, context: PlatformContext): void {
  const { storageClass } = context.environment.facts;
  add(customResource<Elasticsearch>('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch'), {
    metadata: context.metadata(namespaces.observability, searchCluster, waves.workload),
    spec: {
      version: SEARCH_VERSION,
      volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
      auth: {
        fileRealm: [platformSecrets.searchSetup, platformSecrets.searchLogs, platformSecrets.searchTraces].map(
          (secretName) => ({ secretName }),
        ),
      },
      http: { tls: { selfSignedCertificate: { disabled: true } } },
      nodeSets: [
        {
          name: 'default',
          count: 3,
          // Otherwise every node needs a kernel setting that only an administrator may change.
          config: { 'node.store.allow_mmap': false },
          podTemplate: podTemplate(),
          volumeClaimTemplates: [
            {
              metadata: { name: 'elasticsearch-data' },
              spec: {
                accessModes: ['ReadWriteOnce'],
                ...(storageClass === undefined
                  ? {}
                  : { storageClassName: context.from(storageClass, 'platform', 'storageClass') }),
                resources: { requests: { storage: '100Gi' } },
              },
            },
          ],
        },
      ],
    },
  });
}

/** The nodes speak to each other with certificates of their own: outside the mesh. */
function podTemplate() {
  const peers = String(telemetryPorts.searchPeers);
  return {
    metadata: {
      annotations: {
        'traffic.sidecar.istio.io/excludeInboundPorts': peers,
        'traffic.sidecar.istio.io/excludeOutboundPorts': peers,
      },
    },
    spec: {
      priorityClassName: STORE_PRIORITY,
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: telemetryPods.search },
        },
      ],
      containers: [
        {
          name: 'elasticsearch',
          resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { memory: '4Gi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
