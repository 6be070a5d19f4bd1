import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import { STORE_USER, namespaces, platformSecrets, pods, ports, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { routingTableMap, routingTableParts } from '../../core/routing-table-parts.ts';

/** Where the scheduler finds what it is given. */
const FOLDERS = {
  audit: '/var/lib/nova-torch/audit',
  journal: '/var/lib/nova-torch/journal',
  routing: '/etc/nova-torch/routing',
  secrets: '/etc/nova-torch/secrets',
} as const;

/** One replica of the scheduler, without the priority it runs at. */
export function schedulerPod(context: PlatformContext): K8s.PodSpec {
  return {
    serviceAccountName: services.scheduler,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: pods.scheduler },
    })),
    containers: [container(context)],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } },
      { name: 'routing', projected: { defaultMode: 0o440, sources: tableSources(context) } },
      { name: 'secrets', secret: { secretName: platformSecrets.storeLogin, defaultMode: 0o440 } },
    ],
  };
}

/** All parts of the table in one folder; a new table arrives there without a restart. */
function tableSources({ environment }: PlatformContext): K8s.VolumeProjection[] {
  return routingTableParts(environment).map((_, index) => ({ configMap: { name: routingTableMap(index) } }));
}

function container(context: PlatformContext): K8s.Container {
  const memory = k8s.Quantity.fromString('1Gi');
  return {
    name: 'scheduler',
    image: context.from(context.environment.facts.scheduler.image, 'scheduler', 'image'),
    imagePullPolicy: 'IfNotPresent',
    args: ['serve'],
    ports: [
      { name: 'http', containerPort: ports.scheduler, protocol: 'TCP' },
      { name: 'http-ops', containerPort: ports.schedulerOps, protocol: 'TCP' },
    ],
    env: variables(context),
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'journal', mountPath: FOLDERS.journal, subPath: 'journal' },
      { name: 'journal', mountPath: FOLDERS.audit, subPath: 'audit' },
      { name: 'routing', mountPath: FOLDERS.routing, readOnly: true },
      { name: 'secrets', mountPath: FOLDERS.secrets, readOnly: true },
    ],
    // Replaying a journal after a crash takes its time; nothing is killed for it.
    startupProbe: { ...probe('/healthz/startup'), periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...probe('/healthz/ready'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 },
    livenessProbe: { ...probe('/healthz/live'), periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 },
    resources: {
      requests: { cpu: k8s.Quantity.fromString('1'), memory, 'ephemeral-storage': k8s.Quantity.fromString('128Mi') },
      limits: { memory, 'ephemeral-storage': k8s.Quantity.fromString('128Mi') },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** The volume also holds the audit log, and is never filled to the brim. */
function journalBytesMax(volumeBytes: number): number {
  return Math.floor((volumeBytes * 3) / 4);
}

/** The network policy and the mesh say who gets through. */
const EVERYWHERE = '0.0.0.0';

function probe(path: string): { httpGet: K8s.HttpGetAction } {
  return { httpGet: { path, port: k8s.IntOrString.fromString('http-ops') } };
}

function variables({ environment, from }: PlatformContext): K8s.EnvVar[] {
  const { facts } = environment;
  const given: Readonly<Record<string, string>> = {
    NOVA_TORCH_AUDIT_DIR: FOLDERS.audit,
    // In ambient mode nobody beside the scheduler says who calls.
    NOVA_TORCH_AUTH_MESH: from(String(facts.mesh === 'sidecar'), 'platform', 'mesh'),
    NOVA_TORCH_AUTH_TRUST_DOMAIN: from(facts.trustDomain, 'trustDomain'),
    NOVA_TORCH_ENVIRONMENT: from(environment.name),
    NOVA_TORCH_HTTP_HOST: EVERYWHERE,
    NOVA_TORCH_HTTP_PORT: String(ports.scheduler),
    NOVA_TORCH_JOURNAL_BYTES_MAX: from(String(journalBytesMax(facts.scheduler.journalBytes)), 'scheduler', 'journal'),
    NOVA_TORCH_JOURNAL_DIR: FOLDERS.journal,
    NOVA_TORCH_LAME_DUCK_MS: '5000',
    NOVA_TORCH_OPS_HOST: EVERYWHERE,
    NOVA_TORCH_OPS_PORT: String(ports.schedulerOps),
    NOVA_TORCH_PEERS: `http://${services.schedulerPeers}.${namespaces.system}.svc:${ports.scheduler}`,
    NOVA_TORCH_ROUTING_DIR: FOLDERS.routing,
    NOVA_TORCH_SCHEDULER_COUNT: from(String(facts.scheduler.replicas), 'scheduler', 'replicas'),
    NOVA_TORCH_STORE_PASSWORD_FILE: `${FOLDERS.secrets}/password`,
    NOVA_TORCH_STORE_URL: `redis://${services.store}.${namespaces.dragonfly}.svc:${ports.store}`,
    NOVA_TORCH_STORE_USER: STORE_USER,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://otel-gateway-collector.${namespaces.observability}.svc:${ports.otlp}`,
    OTEL_SERVICE_NAME: services.scheduler,
  };
  return [
    { name: 'NOVA_TORCH_SCHEDULER_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...Object.entries(given).map(([name, value]) => ({ name, value })),
  ];
}
