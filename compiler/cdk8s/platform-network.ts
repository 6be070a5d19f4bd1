import { k8s } from './k8s.ts';
import type { K8s } from './k8s.ts';
import type { Add } from './synthesize.ts';
import { waves } from '../core/fleet-context.ts';
import { labels, namespaces, pods, ports } from '../core/names.ts';
import type { PlatformContext } from '../core/platform-context.ts';

type Peer = K8s.NetworkPolicyPeer;
type Port = K8s.NetworkPolicyPort;

/** Nothing goes in or out of a namespace but what another policy opens. */
export function addDefaultDeny(add: Add, context: PlatformContext, namespace: string): void {
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(namespace, 'default-deny', waves.guard),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}

/** What every pod in the mesh needs: names, and in sidecar mode the control plane. */
export function basicEgress({ environment: { facts } }: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  const dns = { ports: [port(ports.dns, 'UDP'), port(ports.dns)] };
  return [
    { to: [podsIn(namespaces.kubeSystem, pods.dns)], ...dns },
    ...(facts.nodeLocalDns ? [{ to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ...dns }] : []),
    ...(facts.mesh === 'sidecar' ? [{ to: [podsIn(namespaces.istio, pods.istiod)], ports: [port(ports.istiod)] }] : []),
  ];
}

/** In ambient mode the kubelet's probes come from this address. */
export function probeIngress({ environment }: PlatformContext): K8s.NetworkPolicyIngressRule[] {
  return environment.facts.mesh === 'ambient' ? [{ from: [{ ipBlock: { cidr: '169.254.7.127/32' } }] }] : [];
}

/** Where Prometheus finds a pod's metrics: with the proxy's, or without a proxy at the pod itself. */
export function metricsPorts(context: PlatformContext, own: number): Port[] {
  return context.environment.facts.mesh === 'ambient' ? meshPorts(context, own) : [port(ports.mergedMetrics)];
}

/** A port inside the mesh. In ambient mode traffic arrives through the tunnel of the node, whatever its port. */
export function meshPorts({ environment }: PlatformContext, ...numbers: readonly number[]): Port[] {
  const own = numbers.map((number) => port(number));
  return environment.facts.mesh === 'ambient' ? [...own, port(ports.hbone)] : own;
}

export function port(number: number, protocol = 'TCP'): Port {
  return { port: k8s.IntOrString.fromNumber(number), protocol };
}

export function podsIn(namespace: string, found: Readonly<Record<string, string>>): Peer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { ...found } },
  };
}

/** Pods of every fleet, whatever its name: a new fleet changes no policy of the platform. */
export function fleetPods(): Peer {
  return {
    namespaceSelector: { matchExpressions: [{ key: labels.fleet, operator: 'Exists' }] },
    podSelector: { matchLabels: { [labels.partOf]: 'nova-torch' } },
  };
}
