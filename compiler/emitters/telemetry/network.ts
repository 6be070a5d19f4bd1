import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import {
  basicEgress,
  fleetPods,
  meshPorts,
  metricsPorts,
  podsIn,
  port,
  probeIngress,
} from '../../cdk8s/platform-network.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { SEARCH_OPERATOR, collectors, searchCluster, telemetryPods, telemetryPorts } from './names.ts';
import type { Search } from './search.ts';

type In = K8s.NetworkPolicyIngressRule;
type Out = K8s.NetworkPolicyEgressRule;
type Labels = Readonly<Record<string, string>>;

/**
 * What is open around telemetry. Each policy closes the pods it selects and no others: Prometheus and Grafana, which live in
 * the same namespace, are not ours.
 */
export function addTelemetryNetwork(add: Add, context: PlatformContext, search: Search | undefined): void {
  const here = (labels: Labels) => podsIn(namespaces.observability, labels);
  const otlp = meshPorts(context, ports.otlp);
  const policy = (name: string, selected: Labels, ingress: In[], egress: Out[], metrics: number[] = []): void => {
    add(k8s.KubeNetworkPolicy, {
      metadata: context.metadata(namespaces.observability, name, waves.guard),
      spec: {
        podSelector: { matchLabels: { ...selected } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          ...ingress,
          ...metrics.map((number) => ({ from: [here(pods.prometheus)], ports: metricsPorts(context, number) })),
          ...probeIngress(context),
        ],
        egress: [...basicEgress(context), ...egress],
      },
    });
  };
  const scraped = [telemetryPorts.metrics];
  const senders: In = { from: [fleetPods(), podsIn(namespaces.system, pods.scheduler)], ports: otlp };
  policy(collectors.gateway, pods.collector, [senders], [{ to: [here(telemetryPods.sampler)], ports: otlp }], scraped);
  const spans: In = { from: [here(pods.collector)], ports: otlp };
  policy(
    collectors.sampler,
    telemetryPods.sampler,
    [spans],
    [{ to: [here(telemetryPods.jaeger)], ports: otlp }],
    scraped,
  );
  const kept: In = { from: [here(telemetryPods.sampler)], ports: otlp };
  const readers: In = { from: [here({})], ports: meshPorts(context, telemetryPorts.jaegerUi) };
  const toSearch = search === undefined ? [] : [reach(context, search)];
  policy(collectors.jaeger, telemetryPods.jaeger, [kept, readers], toSearch, scraped);
  if (search === undefined) return;
  policy('search-setup', telemetryPods.setup, [], toSearch);
  if (search.own) addSearchPolicy(context, policy);
}

/** The way to Elasticsearch: its pods, or wherever the spec says that it is. */
function reach(context: PlatformContext, search: Search): Out {
  if (search.own) {
    const to = [podsIn(namespaces.observability, telemetryPods.search)];
    return { to, ports: meshPorts(context, telemetryPorts.search) };
  }
  return { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [port(search.port)] };
}

function addSearchPolicy(
  context: PlatformContext,
  policy: (name: string, selected: Labels, ingress: In[], egress: Out[]) => void,
): void {
  const nodes = podsIn(namespaces.observability, telemetryPods.search);
  const clients = [
    podsIn(namespaces.logs, telemetryPods.fluentBit),
    podsIn(namespaces.observability, telemetryPods.jaeger),
    podsIn(namespaces.observability, telemetryPods.setup),
    { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SEARCH_OPERATOR } } },
    nodes,
  ];
  const peers = meshPorts(context, telemetryPorts.search, telemetryPorts.searchPeers);
  policy(
    searchCluster,
    telemetryPods.search,
    [
      { from: clients, ports: meshPorts(context, telemetryPorts.search) },
      { from: [nodes], ports: peers },
    ],
    [{ to: [nodes], ports: peers }],
  );
}
