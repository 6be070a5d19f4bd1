import { k8s } from '../../cdk8s/k8s.ts';
import { addDefaultDeny, basicEgress, fleetPods, meshPorts, podsIn, port } from '../../cdk8s/platform-network.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { mesh, namespaces, pods, ports } from '../../core/names.ts';
import { peopleHost } from '../../core/outside-hosts.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { outsidePorts } from './hosts.ts';

/** Everywhere but the node itself, where a cloud keeps the machine's credentials: no name may lead there. */
const ANYWHERE = [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }];

/**
 * Into the gateway come agents of fleets, and the scheduler for the keys of people; from it everything outside is reached, on
 * the ports that are used.
 */
export function addEgressNetwork(add: Add, context: PlatformContext): void {
  const { facts } = context.environment;
  const ambient = facts.mesh === 'ambient';
  addDefaultDeny(add, context, namespaces.egress);
  const scheduler = peopleHost(context.environment) === undefined ? [] : [podsIn(namespaces.system, pods.scheduler)];
  const outside = outsidePorts(context).map((number) => port(number));
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(namespaces.egress, mesh.egress, waves.guard),
    spec: {
      podSelector: { matchLabels: { ...pods.egressGateway } },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        // Which of them may reach which host, the proxy decides by their identity.
        { from: [fleetPods(), ...scheduler], ports: [port(ambient ? ports.hbone : ports.egressGateway)] },
        { from: [podsIn(namespaces.observability, pods.prometheus)], ports: [port(ports.mergedMetrics)] },
      ],
      egress: [
        ...basicEgress(context),
        ...(ambient ? [{ to: [podsIn(namespaces.istio, pods.istiod)], ports: [port(ports.istiod)] }] : []),
        { to: [podsIn(namespaces.observability, pods.collector)], ports: meshPorts(context, ports.otlp) },
        ...(outside.length === 0 ? [] : [{ to: ANYWHERE, ports: outside }]),
      ],
    },
  });
}
