import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { labels, mesh, namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { outsidePorts } from './hosts.ts';

/** Into the gateway come agents of fleets, and from it everything outside is reached, on the ports that are used. */
export function addEgressNetwork(add: Add, context: PlatformContext): void {
  const { facts } = context.environment;
  const ambient = facts.mesh === 'ambient';
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(namespaces.egress, 'default-deny', waves.guard),
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  const dns = { ports: [{ ...tcp(ports.dns), protocol: 'UDP' }, tcp(ports.dns)] };
  const outside = outsidePorts(context).map((number) => tcp(number));
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(namespaces.egress, mesh.egress, waves.guard),
    spec: {
      podSelector: { matchLabels: { ...pods.egressGateway } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [agents()], ports: [tcp(ambient ? ports.hbone : ports.egressGateway)] },
        { from: [podsIn(namespaces.observability, pods.prometheus)], ports: [tcp(ports.mergedMetrics)] },
      ],
      egress: [
        { to: [podsIn(namespaces.kubeSystem, pods.dns)], ...dns },
        ...(facts.nodeLocalDns ? [{ to: [{ ipBlock: { cidr: '169.254.20.10/32' } }], ...dns }] : []),
        { to: [podsIn(namespaces.istio, pods.istiod)], ports: [tcp(ports.istiod)] },
        { to: [podsIn(namespaces.observability, pods.collector)], ports: [tcp(ports.otlp)] },
        ...(outside.length === 0 ? [] : [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: outside }]),
      ],
    },
  });
}

/** Agents of every fleet. Which of them may reach which host, the gateway decides by their identity. */
function agents(): K8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchExpressions: [{ key: labels.fleet, operator: 'Exists' }] },
    podSelector: { matchLabels: { [labels.partOf]: 'nova-torch' } },
  };
}

function podsIn(namespace: string, found: Readonly<Record<string, string>>): K8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { ...found } },
  };
}

function tcp(number: number): K8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol: 'TCP' };
}
