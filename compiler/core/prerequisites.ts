import { compareText } from '../../spec/contract/text.ts';
import { formatDuration } from '../../spec/contract/units.ts';
import type { EnvironmentModel } from './model.ts';
import { CLUSTER_CA, WAYPOINT_CLASS, finders, mesh, namespaces, operators, pods, vaultAdmin } from './names.ts';
import { secretReads } from './secrets.ts';

/**
 * What an environment's cluster must bring before anything of ours is applied, in the order in which it is installed. Nothing
 * here is installed by what we emit: these are products of their own, with an upgrade plan of their own.
 */
export interface Prerequisite {
  readonly name: string;
  /** What we were made with. */
  readonly version: string;
  /** What it is for. */
  readonly why: string;
  /** API groups whose kinds it brings. */
  readonly groups: readonly string[];
  /** Objects of it that ours name: `Kind namespace/name`, `Kind name` for what has no namespace. */
  readonly objects: readonly string[];
  /** What it must be told, or must have. */
  readonly settings: readonly string[];
}

export function prerequisites(environment: EnvironmentModel): readonly Prerequisite[] {
  const { facts } = environment;
  return [
    cluster(environment),
    gatewayApi(environment),
    istio(environment),
    ...secretsOperators(environment),
    {
      name: 'Prometheus operator, a Prometheus and an Alertmanager',
      version: 'serves `monitoring.coreos.com/v1` and `v1alpha1`',
      why: 'Metrics are gathered, rules are evaluated',
      groups: ['monitoring.coreos.com'],
      objects: [`ServiceAccount ${namespaces.observability}/${pods.prometheus['app.kubernetes.io/name']}`],
      settings: [
        `PodMonitors and PrometheusRules of all namespaces are selected by the label \`${labelText(finders.prometheus)}\``,
        `Prometheus runs in \`${namespaces.observability}\` as the ServiceAccount \`${pods.prometheus['app.kubernetes.io/name']}\`, with pods labelled \`${labelText(pods.prometheus)}\``,
        'It scrapes kube-state-metrics, Argo CD and the controller of Argo Rollouts, which dashboards read besides what we serve',
        `Alertmanager selects AlertmanagerConfigs of all namespaces by the same label, with \`alertmanagerConfigMatcherStrategy: {type: None}\`: alerts of all namespaces are silenced by one of ours`,
      ],
    },
    {
      name: 'KEDA',
      version: 'serves `keda.sh/v1alpha1`',
      why: 'Fleets grow and shrink with their queues',
      groups: ['keda.sh'],
      objects: [],
      settings: facts.observability === undefined ? [] : [`It reaches ${facts.observability.prometheus}`],
    },
    {
      name: 'Argo Rollouts',
      version: '1.9',
      why: 'Versions take over step by step',
      groups: ['argoproj.io'],
      objects: [],
      settings: [],
    },
    {
      name: 'Dragonfly operator',
      version: '1.5',
      why: "It runs the scheduler's store",
      groups: ['dragonflydb.io'],
      objects: [`Namespace ${operators.dragonfly}`],
      settings: [`It runs in \`${operators.dragonfly}\`: nobody else reaches the store's port for administrators`],
    },
    {
      name: 'OpenTelemetry operator',
      version: 'serves `opentelemetry.io/v1beta1`',
      why: 'It runs the collectors and Jaeger',
      groups: ['opentelemetry.io'],
      objects: [],
      settings: [],
    },
    ...logs(environment),
    ...dashboards(environment),
    {
      name: 'Litmus chaos operator',
      version: '3.18',
      why: 'It runs the experiments that somebody starts',
      groups: ['litmuschaos.io'],
      objects: [],
      settings: [`It watches \`${namespaces.chaos}\``],
    },
    {
      name: 'Argo CD',
      version: '3.5',
      why: 'It applies everything else',
      groups: [],
      objects: [`Namespace ${namespaces.argocd}`],
      settings: [`It runs in \`${namespaces.argocd}\`, here or in a cluster of its own`],
    },
  ];
}

function cluster(environment: EnvironmentModel): Prerequisite {
  const { facts } = environment;
  const storage =
    facts.storageClass === undefined ? 'A default StorageClass' : `The StorageClass \`${facts.storageClass}\``;
  return {
    name: 'Kubernetes',
    version: facts.kubernetes,
    why: 'Manifests are made for this version',
    groups: [],
    objects: [
      `Namespace ${namespaces.kubeSystem}`,
      `ConfigMap ${namespaces.system}/${CLUSTER_CA}`,
      ...storageClasses(environment).map((name) => `StorageClass ${name}`),
    ],
    settings: [
      `${storage} with \`ReadWriteOncePod\` volumes of a CSI driver`,
      `DNS answers from \`${namespaces.kubeSystem}\`, from pods labelled \`${labelText(pods.dns)}\`${facts.nodeLocalDns ? ', and from a cache on each node at 169.254.20.10' : ''}`,
      'A network plugin that enforces NetworkPolicies',
      'Nodes can pull the images that the spec names; pods name no pull secrets',
      "People's groups arrive from the identity provider as `github:<organisation>/<team>`, `oncall:<rota>` and `nova-torch:auditors`",
    ],
  };
}

function gatewayApi({ facts }: EnvironmentModel): Prerequisite {
  return {
    name: 'Gateway API',
    version: 'serves `gateway.networking.k8s.io/v1`',
    why: facts.mesh === 'ambient' ? 'Waypoints and routes are written in it' : 'Istio looks for its kinds',
    groups: ['gateway.networking.k8s.io'],
    objects: [],
    settings: [],
  };
}

function istio({ facts }: EnvironmentModel): Prerequisite {
  const joined =
    facts.mesh === 'ambient'
      ? [
          'Ambient mode with ztunnel and the CNI; it brings the GatewayClass `istio-waypoint`',
          // An HTTPRoute cannot say what is repeated; the default of a waypoint can, and the old one repeats what was begun.
          '`meshConfig.defaultHttpRetryPolicy` and `EXCLUDE_UNSAFE_503_FROM_DEFAULT_RETRY` as they are by default: calls that may have reached an agent are not repeated',
        ]
      : [`The revision tag \`${facts.meshRevision}\`, and the CNI: restricted pods may not change their own network`];
  return {
    name: 'Istio',
    version: facts.istio,
    why: 'Identities, encryption and who may call whom',
    groups: ['networking.istio.io', 'security.istio.io', 'telemetry.istio.io'],
    objects: [
      `Namespace ${namespaces.istio}`,
      `Provider ${mesh.tracing}`,
      `Provider ${mesh.accessLog}`,
      ...(facts.mesh === 'ambient' ? [`GatewayClass ${WAYPOINT_CLASS}`] : []),
    ],
    settings: [
      `\`meshConfig.trustDomain: ${facts.trustDomain}\``,
      `\`meshConfig.extensionProviders\`: \`${mesh.tracing}\` (OpenTelemetry, \`otel-gateway-collector.${namespaces.observability}.svc\`, port 4317) and \`${mesh.accessLog}\` (Envoy file access log)`,
      ...joined,
    ],
  };
}

function secretsOperators(environment: EnvironmentModel): readonly Prerequisite[] {
  const { secrets } = environment.facts;
  if (secrets === undefined) return [];
  const server = secrets.engine === 'vault' ? 'Vault' : 'OpenBao';
  const { account, role } = vaultAdmin;
  return [
    {
      name: 'vault-config-operator',
      version: '0.8.52',
      why: `It writes policies and roles into ${server}`,
      groups: ['redhatcop.redhat.io'],
      objects: [],
      settings: [
        `At ${secrets.address}: the Kubernetes auth method at \`auth/${secrets.mount}\` trusts this cluster`,
        `A role \`${role}\` there, for the ServiceAccount \`${namespaces.vault}/${account}\`, that may write \`sys/policies/acl/*\` and \`auth/${secrets.mount}/role/*\``,
        `The secrets that fleets name, and those of the platform below \`${secrets.platform}\``,
        ...leasedPlaces(environment),
      ],
    },
    secrets.delivery === 'vso'
      ? {
          name: 'Vault Secrets Operator',
          version: '1.4',
          why: 'It brings secrets to the fleets',
          groups: ['secrets.hashicorp.com'],
          objects: [],
          settings: [],
        }
      : {
          name: 'External Secrets Operator',
          version: 'serves `external-secrets.io/v1`',
          why: 'It brings secrets to the fleets',
          groups: ['external-secrets.io'],
          objects: [],
          settings: [],
        },
  ];
}

/**
 * What secrets engines must make. Where fleets differ in how long they hold it, it lives for the longest of these times; and no
 * longer, since a lease that may be renewed would be.
 */
function leasedPlaces({ fleets }: EnvironmentModel): readonly string[] {
  const longest = new Map<string, number>();
  for (const { place, lease } of [...fleets.values()].flatMap(secretReads))
    if (lease !== undefined) longest.set(place, Math.max(lease.ms, longest.get(place) ?? 0));
  return [...longest]
    .sort(([a], [b]) => compareText(a, b))
    .map(([place, ms]) => {
      const length = formatDuration(ms);
      return `A secrets engine makes credentials at \`${place}\`, with \`default_ttl: ${length}\` and \`max_ttl: ${length}\``;
    });
}

function logs({ facts: { observability, secrets } }: EnvironmentModel): readonly Prerequisite[] {
  if (observability === undefined || secrets === undefined) return [];
  const fluent: Prerequisite = {
    name: 'Fluent operator',
    version: 'serves `fluentbit.fluent.io/v1alpha2`',
    why: 'It runs Fluent Bit on each node',
    groups: ['fluentbit.fluent.io'],
    objects: [],
    settings: [],
  };
  if (observability.elasticsearch !== undefined)
    return [{ ...fluent, settings: [`Pods reach ${observability.elasticsearch}`] }];
  return [
    fluent,
    {
      name: 'Elastic operator (ECK)',
      version: 'serves `elasticsearch.k8s.elastic.co/v1`',
      why: 'It runs Elasticsearch',
      groups: ['elasticsearch.k8s.elastic.co'],
      objects: [`Namespace ${operators.elastic}`],
      settings: [],
    },
  ];
}

function dashboards({ facts: { observability } }: EnvironmentModel): readonly Prerequisite[] {
  if (observability === undefined) return [];
  if (observability.grafanaOutput === 'config-map')
    return [
      {
        name: 'Grafana with the sidecar that loads dashboards',
        version: 'any',
        why: 'Dashboards',
        groups: [],
        objects: [],
        settings: ['It looks for ConfigMaps labelled `grafana_dashboard: "1"` in all namespaces'],
      },
    ];
  return [
    {
      name: 'Grafana operator, and a Grafana',
      version: 'serves `grafana.integreatly.org/v1beta1`',
      why: 'Dashboards',
      groups: ['grafana.integreatly.org'],
      objects: [],
      settings: [
        `The Grafana object is labelled \`${labelText(finders.grafana)}\``,
        `The folder \`${observability.grafanaFolder}\` is made with the first dashboard`,
      ],
    },
  ];
}

/** All that volumes name: the environment's, and those of fleets. */
function storageClasses({ facts, fleets }: EnvironmentModel): readonly string[] {
  const named = [facts.storageClass, ...[...fleets.values()].map(({ memory }) => memory?.storageClass)];
  return [...new Set(named.filter((name) => name !== undefined))];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
