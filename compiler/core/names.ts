import { createHash } from 'node:crypto';
import type { FleetModel } from './model.ts';

/**
 * Every name that more than one generated object must agree on, once: labels, ports, accounts, namespaces, volumes.
 */

/** Prefix of our labels and annotations. */
export const LABEL_PREFIX = 'nova-torch.dev';

export const labels = {
  team: `${LABEL_PREFIX}/team`,
  fleet: `${LABEL_PREFIX}/fleet`,
  environment: `${LABEL_PREFIX}/environment`,
  name: 'app.kubernetes.io/name',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  version: 'app.kubernetes.io/version',
} as const;

/** Namespaces of the shared services. */
export const namespaces = {
  system: 'nova-torch-system',
  dragonfly: 'nova-torch-dragonfly',
  observability: 'nova-torch-observability',
  /** Readers of logs need files of the node, which no other namespace may have. */
  logs: 'nova-torch-logs',
  istio: 'istio-system',
  egress: 'nova-torch-egress',
  /** Where the secrets server is configured from: the operator's identity may write policies, fleets have no access. */
  vault: 'nova-torch-vault',
  kubeSystem: 'kube-system',
  chaos: 'nova-torch-chaos',
  /** Where Argo CD runs, and looks for what it is told. */
  argocd: 'argocd',
} as const;

/** Longest name of a namespaced object whose name becomes a DNS label. */
export const NAME_LENGTH_MAX = 63;

/**
 * Joins parts with `--`, which no name of the spec may contain: two different lists of parts never give the same name.
 * A name over `lengthMax` keeps its beginning and ends in eight hexadecimal digits of its SHA-256.
 */
export function deriveName(parts: readonly string[], lengthMax: number = NAME_LENGTH_MAX): string {
  const whole = parts.join('--');
  if (whole.length <= lengthMax) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, lengthMax - 9).replace(/-+$/, '')}-${digest}`;
}

const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/**
 * A text as the value of a label: itself where Kubernetes takes it. Another one, as a tag of an image that is longer or ends in a
 * dot, loses what is too much and ends in eight hexadecimal digits of its SHA-256, so that two texts never become one value.
 */
export function labelValue(text: string): string {
  if (LABEL_VALUE.test(text)) return text;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const kept = text.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[_.-]+/, '');
  const begin = kept.slice(0, NAME_LENGTH_MAX - 9).replace(/[_.-]+$/, '');
  return begin === '' ? digest : `${begin}-${digest}`;
}

/** Namespace of a fleet. `<team>--*` covers a team's namespaces and no other team's. */
export function fleetNamespace(team: string, fleet: string): string {
  return deriveName([team, fleet]);
}

/** Whether a host is a Service of the cluster: `<service>.<namespace>.svc`, with or without the cluster's domain. */
export function isInCluster(host: string): boolean {
  return /^[a-z0-9-]+\.[a-z0-9-]+\.svc(\.cluster\.local)?$/.test(host);
}

/** Where an agent finds what the platform gives it. */
export const paths = {
  secrets: '/etc/nova-torch/secrets',
  prompt: '/etc/nova-torch/prompt',
  flags: '/etc/nova-torch/flags',
  /** Folder of `IDENTITY_FILE`. */
  identity: '/var/run/secrets/nova-torch',
  temporary: '/tmp',
} as const;

/** The token that tells the scheduler who an agent is, where no proxy of the mesh does. */
export const IDENTITY_FILE = 'token';
/** For whom such a token is made. */
export const IDENTITY_AUDIENCE = 'nova-torch';

/** The ConfigMap with the certificates of the API server, which Kubernetes puts into every namespace. */
export const CLUSTER_CA = 'kube-root-ca.crt';

/** The ConfigMap with a fleet's feature flags, and its file. */
export function flagsName(fleet: string): string {
  return `${fleet}-flags`;
}
export const FLAGS_FILE = 'flags.json';

/** Ports of shared services, and of the mesh's proxy. */
export const ports = {
  scheduler: 8080,
  /** Health and metrics, apart from the API. */
  schedulerOps: 9090,
  /** Mirrors of journals, from one scheduler to the next. */
  schedulerMirror: 8081,
  store: 6379,
  /** Of the store, without a password: for its operator and its own replicas only. */
  storeAdmin: 9999,
  otlp: 4317,
  istiod: 15012,
  hbone: 15008,
  mergedMetrics: 15020,
  egressGateway: 8443,
  dns: 53,
  /** Of the API server: at its Service, and where that leads. */
  kubernetes: [443, 6443],
} as const;

/** Labels that find the pods of shared services. */
export const pods = {
  scheduler: { 'app.kubernetes.io/name': 'nova-torch-scheduler' },
  store: { app: 'nova-torch-store' },
  collector: { 'app.kubernetes.io/name': 'otel-gateway-collector' },
  prometheus: { 'app.kubernetes.io/name': 'prometheus' },
  istiod: { app: 'istiod' },
  egressGateway: { istio: 'egressgateway' },
  dns: { 'k8s-app': 'kube-dns' },
} as const;

/** Names of shared services: where clients find them, and the accounts they run as. */
export const services = {
  scheduler: 'nova-torch-scheduler',
  /** Headless: gives each replica a name of its own. */
  schedulerPeers: 'nova-torch-scheduler-peers',
  store: 'nova-torch-store',
  jaeger: 'jaeger',
  searchSetup: 'search-setup',
  logReader: 'fluent-bit',
} as const;

/** The class that agents are scheduled with. */
export const AGENT_PRIORITY = 'nova-torch-agent';
/** What the platform itself runs: agents give way. */
export const SCHEDULER_PRIORITY = 'nova-torch-scheduler';
export const STORE_PRIORITY = 'nova-torch-store';

/** Who runs experiments, and what lets it into the namespace of a target. */
export const chaos = { account: 'nova-torch-chaos', targetRole: 'nova-torch-chaos-target' } as const;

/** What people may do in a fleet's namespace, once for all of them. */
export const peopleRoles = {
  viewer: 'nova-torch-fleet-viewer',
  operator: 'nova-torch-fleet-operator',
  auditor: 'nova-torch-fleet-auditor',
} as const;

/** Namespaces of the operators we talk to. */
export const operators = { dragonfly: 'dragonfly-operator-system', elastic: 'elastic-system' } as const;

/** What makes a Gateway a waypoint of the mesh. */
export const WAYPOINT_CLASS = 'istio-waypoint';

/** Secrets of the platform itself. */
export const platformSecrets = {
  /** Key `acl`: the users of the store. */
  storeAcl: 'store-acl',
  /** Key `password`: the scheduler's, at the store. */
  storeLogin: 'store-login',
  /** Keys `username`, `password` and `roles`: users of Elasticsearch. */
  searchSetup: 'search-setup',
  searchLogs: 'search-logs',
  searchTraces: 'search-traces',
} as const;

/** The scheduler's user in the store. */
export const STORE_USER = 'scheduler';

/** Labels that say which pods are a fleet's. They are never changed: selectors cannot be. */
export function fleetSelector(fleet: {
  readonly name: string;
  readonly team: string;
}): Readonly<Record<string, string>> {
  return { [labels.name]: fleet.name, [labels.team]: fleet.team };
}

/** The connection to the secrets server that all consumers share. */
export const VAULT_CONNECTION = 'server';

/** The identity that writes policies and roles into the secrets server, and the role it takes there. */
export const vaultAdmin = { account: 'nova-torch-policy-admin', role: 'nova-torch-policy-admin' } as const;

/** Labels by which the cluster's Prometheus and Grafana find what is theirs. */
export const finders = {
  prometheus: { release: 'prometheus' },
  grafana: { dashboards: 'grafana' },
} as const;

/** Where runbooks are published: `docs/runbooks/` of this repository. */
export const RUNBOOKS = 'https://nova-torch.dev/runbooks';

/** Identity of a dashboard in Grafana, at most 40 characters. It never changes while the names in it stay. */
export function dashboardUid(...parts: readonly string[]): string {
  return deriveName(['nova', ...parts], 40);
}

/** The Service of the new version while the mesh moves traffic to it step by step; the Service of the old one has the fleet's name. */
export function canaryService(fleet: string): string {
  return `${fleet}-canary`;
}

/** The Service of the new version while it runs beside the old one and has no tasks yet, or only those the routing table gives it. */
export function previewService(fleet: string): string {
  return `${fleet}-preview`;
}

/**
 * The VirtualService, or HTTPRoute of an ambient mesh, that holds the shares of both versions and nothing else, since Argo
 * Rollouts rewrites it. An HTTPRoute has to say a port, which could not be changed in it: each port has its own.
 */
export function sharesRoute({ name, agent, environment }: FleetModel): string {
  return environment.mesh === 'ambient' ? `${name}-shares-${agent.ports.http}` : `${name}-shares`;
}

/** What a new version is measured by, and what is looked at before a switch. */
export const analyses = {
  gate: (fleet: string) => `${fleet}-gate`,
  beforeSwitch: (fleet: string) => `${fleet}-before-switch`,
} as const;

/** The headless Service that gives each agent with memory a name of its own. Callers use the one of the fleet's name. */
export function podsService(fleet: string): string {
  return `${fleet}-pods`;
}

/** Rules of a fleet's VirtualService. Argo Rollouts changes the weights of `handOver` and of no other rule. */
export const meshRoutes = {
  /** The scheduler hands a task over. */
  handOver: 'hand-over',
  /** Other fleets call. */
  calls: 'calls',
} as const;

/** What an agent is called on, as policies of the mesh write paths: `*` at the end is any ending. */
export const agentPaths = {
  /** The scheduler hands a task over to a push fleet. */
  tasks: '/v1/tasks',
  /** For the cluster alone. */
  operation: ['/drain*', '/healthz*'],
} as const;

/** Names inside the mesh. The two providers stand in the configuration of the mesh itself, which the platform team installs. */
export const mesh = {
  /**
   * What an ambient namespace's waypoint is called: its Gateway, and the Deployment, Service and ServiceAccount that the mesh
   * makes of it. No fleet can have a name with two hyphens in a row.
   */
  waypoint: 'mesh--waypoint',
  /** The way out of the cluster: a gateway with sidecars, a waypoint in ambient mode. */
  egress: 'egressgateway',
  tracing: 'nova-torch-traces',
  accessLog: 'nova-torch-access-log',
} as const;
