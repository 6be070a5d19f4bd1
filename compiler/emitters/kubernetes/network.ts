import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import type { EdgeModel, Endpoint, FleetModel, PeerFacts } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import { LABEL_PREFIX, fleetSelector, isInCluster, namespaces, pods, ports } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';

/** Closes the namespace and opens what the spec declares: one rule for each peer, both directions. */
export function addNetworkPolicies(add: Add, context: FleetContext): void {
  const { fleet } = context;
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata('default-deny', waves.guard),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(fleet.name, waves.guard, outsideHosts(context)),
    spec: {
      podSelector: { matchLabels: context.selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: ingressOf(context),
      egress: egressOf(context),
    },
  });
}

type Peer = K8s.NetworkPolicyPeer;

function ingressOf({ fleet, from }: FleetContext): K8s.NetworkPolicyIngressRule[] {
  const { environment, agent } = fleet;
  const ambient = environment.mesh === 'ambient';
  const metricsPort = ambient ? from(agent.ports.metrics, 'agent', 'ports', 'metrics') : ports.mergedMetrics;
  const callers = fleet.calledBy.map((edge) => ({
    from: [peerOf(edge.from, edge)],
    ports: meshPorts(fleet, from(agent.ports.http, 'agent', 'ports', 'http')),
  }));
  const scheduler = {
    from: [podsIn(namespaces.system, pods.scheduler)],
    ports: meshPorts(fleet, from(agent.ports.http, 'agent', 'ports', 'http')),
  };
  return [
    ...(agent.delivery === 'push' ? [scheduler] : []),
    { from: [podsIn(namespaces.observability, pods.prometheus)], ports: meshPorts(fleet, metricsPort) },
    ...callers,
    // In ambient mode the kubelet's probes come from this address.
    ...(ambient ? [{ from: [{ ipBlock: { cidr: '169.254.7.127/32' } }] }] : []),
  ];
}

function egressOf({ fleet }: FleetContext): K8s.NetworkPolicyEgressRule[] {
  const { environment, calls } = fleet;
  const dns = { ports: [port(ports.dns, 'UDP'), port(ports.dns)] };
  const edges = calls.map((edge) => ({
    to: [peerOf(edge.to, edge)],
    ports: meshPorts(fleet, trace(edge.to.httpPort, edge.at)),
  }));
  return [
    { to: [podsIn(namespaces.kubeSystem, pods.dns)], ...dns },
    ...(environment.nodeLocalDns ? [{ to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ...dns }] : []),
    ...(environment.mesh === 'sidecar'
      ? [{ to: [podsIn(namespaces.istio, pods.istiod)], ports: [port(ports.istiod)] }]
      : []),
    { to: [podsIn(namespaces.system, pods.scheduler)], ports: meshPorts(fleet, ports.scheduler) },
    { to: [podsIn(namespaces.observability, pods.collector)], ports: meshPorts(fleet, ports.otlp) },
    ...(leavesCluster(fleet)
      ? [{ to: [podsIn(namespaces.egress, pods.egressGateway)], ports: meshPorts(fleet, ports.egressGateway) }]
      : []),
    ...endpointsOf(fleet)
      .filter(({ endpoint }) => isInCluster(endpoint.host))
      .map(({ endpoint, at }) => inCluster(fleet, endpoint, at)),
    ...edges,
  ];
}

interface Destination {
  readonly endpoint: Endpoint;
  readonly at: Origin;
}

/** Providers and tool servers of a fleet, once each. */
function endpointsOf({ providers, tools }: FleetModel): Destination[] {
  const all = [...providers, ...tools.values()].map(({ facts, at }) => ({ endpoint: facts.endpoint, at }));
  const seen = new Set<string>();
  return all.filter(({ endpoint: { host, port } }) => {
    const key = `${host}:${port}`;
    return !seen.has(key) && seen.add(key);
  });
}

function leavesCluster(fleet: FleetModel): boolean {
  return fleet.egress.size > 0 || endpointsOf(fleet).some(({ endpoint }) => !isInCluster(endpoint.host));
}

/** The hosts behind the egress gateway, for people and for whoever writes the gateway's routes. */
function outsideHosts({ fleet }: FleetContext): Record<string, string> {
  const own = [...fleet.egress].map(([host, { port }]) => `${host}:${port}`);
  const used = endpointsOf(fleet)
    .filter(({ endpoint }) => !isInCluster(endpoint.host))
    .map(({ endpoint: { host, port } }) => `${host}:${port}`);
  const hosts = [...new Set([...own, ...used])].sort();
  return hosts.length === 0 ? {} : { [`${LABEL_PREFIX}/egress`]: hosts.join(',') };
}

function inCluster(fleet: FleetModel, { host, port: number }: Endpoint, at: Origin): K8s.NetworkPolicyEgressRule {
  const namespace = host.split('.')[1] ?? '';
  return { to: [namespaceNamed(trace(namespace, at))], ports: meshPorts(fleet, trace(number, at)) };
}

function peerOf(peer: PeerFacts, { at }: EdgeModel): Peer {
  return podsIn(trace(peer.namespace, at), fleetSelector(peer));
}

function podsIn(namespace: string, labels: Readonly<Record<string, string>>): Peer {
  return { ...namespaceNamed(namespace), podSelector: { matchLabels: { ...labels } } };
}

function namespaceNamed(namespace: string): Peer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** A port inside the mesh. In ambient mode traffic arrives through the tunnel of the node, whatever its port. */
function meshPorts({ environment }: FleetModel, number: number): K8s.NetworkPolicyPort[] {
  return environment.mesh === 'ambient' ? [port(number), port(ports.hbone)] : [port(number)];
}

function port(number: number, protocol = 'TCP'): K8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}
