import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import { auditBytesMax, journalBytesMax } from '../../core/journal-bytes.ts';
import {
  CLUSTER_CA,
  IDENTITY_AUDIENCE,
  STORE_USER,
  namespaces,
  platformSecrets,
  pods,
  ports,
  services,
} from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { routingTableMap, routingTableParts } from '../../core/routing-table-parts.ts';
import { SCHEDULER_NODE_OPTIONS } from '../../../spec/contract/node-options.ts';
import { compareText } from '../../../spec/contract/text.ts';

/** Where the scheduler finds what it is given. */
const FOLDERS = {
  audit: '/var/lib/nova-torch/audit',
  journal: '/var/lib/nova-torch/journal',
  mirror: '/var/lib/nova-torch/mirror',
  routing: '/etc/nova-torch/routing',
  secrets: '/etc/nova-torch/secrets',
  cluster: '/var/run/secrets/kubernetes.io/serviceaccount',
  identity: '/var/run/secrets/nova-torch',
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
      ...(asksCluster(context) ? [clusterVolume()] : []),
      ...(showsToken(context) ? [identityVolume()] : []),
    ],
  };
}

/** In ambient mode no proxy beside the scheduler says who calls: callers show tokens, whose keys the API server has. */
function asksCluster({ environment }: PlatformContext): boolean {
  return environment.facts.mesh === 'ambient';
}

/** What is mounted where nothing is said about tokens, but for the scheduler alone and renewed. */
function clusterVolume(): K8s.Volume {
  return {
    name: 'cluster',
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: CLUSTER_CA, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ],
    },
  };
}

function isMirrored({ environment }: PlatformContext): boolean {
  return environment.facts.scheduler.mirrored;
}

/** To its peer: where no proxy speaks for it, a scheduler shows a token as any caller does. */
function showsToken(context: PlatformContext): boolean {
  return isMirrored(context) && asksCluster(context);
}

function identityVolume(): K8s.Volume {
  const token = { path: 'token', audience: IDENTITY_AUDIENCE, expirationSeconds: 3600 };
  return { name: 'identity', projected: { defaultMode: 0o440, sources: [{ serviceAccountToken: token }] } };
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
      ...(isMirrored(context) ? [{ name: 'http-mirror', containerPort: mirrorPort(context), protocol: 'TCP' }] : []),
    ],
    env: variables(context),
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'journal', mountPath: FOLDERS.journal, subPath: 'journal' },
      { name: 'journal', mountPath: FOLDERS.audit, subPath: 'audit' },
      ...(isMirrored(context) ? [{ name: 'journal', mountPath: FOLDERS.mirror, subPath: 'mirror' }] : []),
      { name: 'routing', mountPath: FOLDERS.routing, readOnly: true },
      { name: 'secrets', mountPath: FOLDERS.secrets, readOnly: true },
      ...(asksCluster(context) ? [{ name: 'cluster', mountPath: FOLDERS.cluster, readOnly: true }] : []),
      ...(showsToken(context) ? [{ name: 'identity', mountPath: FOLDERS.identity, readOnly: true }] : []),
    ],
    // Replaying a journal after a crash takes its time; nothing is killed for it.
    startupProbe: { ...probe('/healthz/startup'), periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...probe('/healthz/ready'), periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
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

/** The network policy and the mesh say who gets through. */
const EVERYWHERE = '0.0.0.0';

function probe(path: string): { httpGet: K8s.HttpGetAction } {
  return { httpGet: { path, port: k8s.IntOrString.fromString('http-ops') } };
}

function variables(context: PlatformContext): K8s.EnvVar[] {
  const { environment, from } = context;
  const { facts } = environment;
  const given: Readonly<Record<string, string>> = {
    NODE_OPTIONS: SCHEDULER_NODE_OPTIONS,
    NOVA_TORCH_AUDIT_BYTES_MAX: from(String(auditBytesMax(facts.scheduler)), 'scheduler', 'journal'),
    NOVA_TORCH_AUDIT_DIR: FOLDERS.audit,
    ...identityVariables(context),
    NOVA_TORCH_AUTH_MESH: from(String(facts.mesh === 'sidecar'), 'platform', 'mesh'),
    NOVA_TORCH_AUTH_TRUST_DOMAIN: from(facts.trustDomain, 'trustDomain'),
    NOVA_TORCH_ENVIRONMENT: from(environment.name),
    NOVA_TORCH_HTTP_HOST: EVERYWHERE,
    NOVA_TORCH_HTTP_PORT: String(ports.scheduler),
    NOVA_TORCH_JOURNAL_BYTES_MAX: from(String(journalBytesMax(facts.scheduler)), 'scheduler', 'journal'),
    NOVA_TORCH_JOURNAL_DIR: FOLDERS.journal,
    ...mirrorVariables(context),
    // Longer than its readiness takes to be noticed everywhere.
    NOVA_TORCH_LAME_DUCK_MS: '8000',
    NOVA_TORCH_OPS_HOST: EVERYWHERE,
    NOVA_TORCH_OPS_PORT: String(ports.schedulerOps),
    NOVA_TORCH_ROUTING_DIR: FOLDERS.routing,
    NOVA_TORCH_SCHEDULER_COUNT: from(String(facts.scheduler.replicas), 'scheduler', 'replicas'),
    NOVA_TORCH_STORE_PASSWORD_FILE: `${FOLDERS.secrets}/password`,
    NOVA_TORCH_STORE_URL: `redis://${services.store}.${namespaces.dragonfly}.svc:${ports.store}`,
    NOVA_TORCH_STORE_USER: STORE_USER,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://otel-gateway-collector.${namespaces.observability}.svc:${ports.otlp}`,
    OTEL_SERVICE_NAME: services.scheduler,
  };
  const sorted = Object.entries(given).sort(([a], [b]) => compareText(a, b));
  return [
    { name: 'NOVA_TORCH_SCHEDULER_ID', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...sorted.map(([name, value]) => ({ name, value })),
  ];
}

function mirrorPort({ from }: PlatformContext): number {
  return from(ports.schedulerMirror, 'scheduler', 'mirror');
}

/** Pods of a StatefulSet have names by which the next one is found. */
function mirrorVariables(context: PlatformContext): Record<string, string> {
  if (!isMirrored(context)) return {};
  const peer = `{name}.${services.schedulerPeers}.${namespaces.system}.svc`;
  return {
    NOVA_TORCH_JOURNAL_MIRROR: context.from('peer', 'scheduler', 'mirror'),
    NOVA_TORCH_MIRROR_DIR: FOLDERS.mirror,
    NOVA_TORCH_MIRROR_HOST: EVERYWHERE,
    NOVA_TORCH_MIRROR_PEER: `http://${peer}:${ports.schedulerMirror}`,
    NOVA_TORCH_MIRROR_PORT: String(ports.schedulerMirror),
    NOVA_TORCH_MIRROR_WORKLOAD: `${namespaces.system}/${services.scheduler}`,
    ...(showsToken(context) && { NOVA_TORCH_MIRROR_TOKEN_PATH: `${FOLDERS.identity}/token` }),
  };
}

/** How callers prove who they are besides the mesh. */
function identityVariables(context: PlatformContext): Record<string, string> {
  const { environment, from } = context;
  const { people } = environment.facts;
  return {
    ...(asksCluster(context) && { NODE_EXTRA_CA_CERTS: `${FOLDERS.cluster}/ca.crt` }),
    NOVA_TORCH_AUTH_AUDIENCE: IDENTITY_AUDIENCE,
    NOVA_TORCH_AUTH_CLUSTER: from(String(asksCluster(context)), 'platform', 'mesh'),
    ...(people !== undefined && {
      NOVA_TORCH_AUTH_PEOPLE_ISSUER: from(people.issuer, 'people', 'issuer'),
      NOVA_TORCH_AUTH_PEOPLE_KEYS: from(people.keys, 'people', 'keys'),
      NOVA_TORCH_AUTH_PEOPLE_ROLES: from(people.groups, 'people', 'groups'),
    }),
  };
}
