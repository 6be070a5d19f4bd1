import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { at, items } from './diff-objects.ts';
import type { FieldChange } from './diff-objects.ts';
import { isObject } from './json.ts';
import { sure } from '../../spec/contract/sure.ts';

/** What a unit asks of the cluster at most: pods, and what they request together. */
export interface Capacity {
  readonly pods: number;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

type Objects = ReadonlyMap<string, JsonObject>;

const WORKLOADS: ReadonlySet<Json | undefined> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);

/** Fields the API server refuses to change; the object must be deleted and made anew. By kind, as JSON Pointers. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['/spec/selector'],
  DaemonSet: ['/spec/selector'],
  Rollout: ['/spec/selector'],
  StatefulSet: ['/spec/selector', '/spec/volumeClaimTemplates', '/spec/serviceName', '/spec/podManagementPolicy'],
  PersistentVolumeClaim: ['/spec/storageClassName', '/spec/accessModes', '/spec/volumeName', '/spec/volumeMode'],
  Job: ['/spec/template', '/spec/selector', '/spec/completionMode'],
  Service: ['/spec/clusterIP'],
  RoleBinding: ['/roleRef'],
  ClusterRoleBinding: ['/roleRef'],
  PriorityClass: ['/value', '/preemptionPolicy'],
  StorageClass: ['/provisioner', '/parameters', '/reclaimPolicy', '/volumeBindingMode'],
};

/** Whether the change replaces running pods. */
export function restarts(kind: Json | undefined, changes: readonly FieldChange[]): boolean {
  return WORKLOADS.has(kind) && changes.some(({ path }) => isBelow(path, '/spec/template'));
}

/** The changes that the API server would refuse. */
export function refusedChanges(kind: Json | undefined, changes: readonly FieldChange[]): FieldChange[] {
  const fields = IMMUTABLE[String(kind)] ?? [];
  return changes.filter(({ path }) => fields.some((field) => isBelow(path, field)));
}

function isBelow(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}/`) || field.startsWith(`${path}/`) || path === '';
}

/** Every way in and out that network policies and service entries open: `egress to api.example.com:443`. */
export function networkPaths(objects: Objects): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const value of objects.values()) {
    if (value['kind'] === 'ServiceEntry') {
      for (const host of items(at(value, 'spec', 'hosts'))) paths.add(`egress to host ${String(host)}`);
    }
    if (value['kind'] !== 'NetworkPolicy') continue;
    for (const rule of items(at(value, 'spec', 'ingress'))) addRule(paths, 'ingress from', rule, 'from');
    for (const rule of items(at(value, 'spec', 'egress'))) addRule(paths, 'egress to', rule, 'to');
  }
  return paths;
}

function addRule(paths: Set<string>, direction: string, rule: Json, side: string): void {
  const peers = items(at(rule, side)).map(peerName);
  const ports = items(at(rule, 'ports')).map(
    (port) => `${String(at(port, 'port') ?? 'any port')}${at(port, 'protocol') === 'UDP' ? '/udp' : ''}`,
  );
  for (const peer of peers.length === 0 ? ['anywhere'] : peers) {
    for (const port of ports.length === 0 ? ['any port'] : ports) paths.add(`${direction} ${peer}:${port}`);
  }
}

function peerName(peer: Json): string {
  const cidr = at(peer, 'ipBlock', 'cidr');
  if (typeof cidr === 'string') return cidr;
  const namespace = at(peer, 'namespaceSelector');
  const pods = at(peer, 'podSelector');
  const parts = [namespace === undefined ? 'own namespace' : selectorName(namespace, 'any namespace')];
  if (pods !== undefined) parts.push(selectorName(pods, 'any pod'));
  return parts.join(' ');
}

function selectorName(selector: Json, all: string): string {
  const labels = at(selector, 'matchLabels');
  const expressions = items(at(selector, 'matchExpressions'));
  const named = isObject(labels) ? Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`) : [];
  if (expressions.length > 0) named.push(JSON.stringify(expressions));
  return named.length === 0 ? all : named.join(',');
}

/** Every secret that is read: paths of a secrets back-end, and policies that allow them. Names only, never values. */
export function secretsOf(objects: Objects): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const value of objects.values()) {
    if (value['kind'] === 'VaultStaticSecret' || value['kind'] === 'VaultDynamicSecret') {
      secrets.add(`${String(at(value, 'spec', 'mount') ?? '')}/${String(at(value, 'spec', 'path') ?? '')}`);
    }
    if (value['kind'] !== 'ExternalSecret') continue;
    for (const entry of items(at(value, 'spec', 'data'))) {
      const field = at(entry, 'remoteRef', 'property');
      secrets.add(`${String(at(entry, 'remoteRef', 'key') ?? '')}${typeof field === 'string' ? `#${field}` : ''}`);
    }
    for (const entry of items(at(value, 'spec', 'dataFrom'))) secrets.add(String(at(entry, 'extract', 'key') ?? ''));
  }
  return secrets;
}

/** What the workloads of a unit may use at most: replicas, or the most an autoscaler allows, times the requests of a pod. */
export function capacityOf(objects: Objects): Capacity {
  const most = new Map<string, number>();
  for (const value of objects.values()) {
    const target = at(value, 'spec', 'scaleTargetRef', 'name');
    const max = at(value, 'spec', 'maxReplicas') ?? at(value, 'spec', 'maxReplicaCount');
    if (typeof target === 'string' && typeof max === 'number') most.set(target, max);
  }
  const total = { pods: 0, cpuMillis: 0, memoryBytes: 0 };
  for (const value of objects.values()) {
    if (!WORKLOADS.has(value['kind'])) continue;
    const replicas = at(value, 'spec', 'replicas');
    const pods = most.get(String(at(value, 'metadata', 'name'))) ?? (typeof replicas === 'number' ? replicas : 1);
    const containers = items(at(value, 'spec', 'template', 'spec', 'containers'));
    const sum = (resource: string): number =>
      containers.reduce<number>((amount, one) => amount + quantity(at(one, 'resources', 'requests', resource)), 0);
    total.pods += pods;
    total.cpuMillis += Math.round(pods * sum('cpu') * 1000);
    total.memoryBytes += pods * sum('memory');
  }
  return total;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number; 0 for what is none. */
function quantity(value: Json | undefined): number {
  const match = /^(\d{1,15}(?:\.\d{1,15})?)((?:[mkMGT]|[KMGT]i)?)$/.exec(String(value));
  if (match === null) return 0;
  const [, number, unit = ''] = match;
  return Number(number) * sure(UNITS[unit], 'the unit of a quantity');
}
