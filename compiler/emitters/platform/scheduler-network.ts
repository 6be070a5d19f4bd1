import type { K8s } from '../../cdk8s/k8s.ts';
import { LABEL_PREFIX, namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { basicEgress, fleetPods, meshPorts, metricsPorts, podsIn, probeIngress } from '../../cdk8s/platform-network.ts';

/** A namespace whose pods may submit tasks says so with this label, set to `true`. */
const SUBMITTERS = `${LABEL_PREFIX}/submits-tasks`;

/** Who reaches the scheduler, and what it reaches. */
export function schedulerNetwork(context: PlatformContext): K8s.NetworkPolicySpec {
  return {
    podSelector: { matchLabels: pods.scheduler },
    policyTypes: ['Ingress', 'Egress'],
    ingress: ingressOf(context),
    egress: egressOf(context),
  };
}

function ingressOf(context: PlatformContext): K8s.NetworkPolicyIngressRule[] {
  const api = meshPorts(context, ports.scheduler);
  return [
    { from: [fleetPods()], ports: api },
    { from: [{ namespaceSelector: { matchLabels: { [SUBMITTERS]: 'true' } } }], ports: api },
    { from: [podsIn(namespaces.system, pods.scheduler)], ports: api },
    {
      from: [podsIn(namespaces.observability, pods.prometheus)],
      ports: metricsPorts(context, ports.schedulerOps),
    },
    ...probeIngress(context),
  ];
}

function egressOf(context: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  return [
    ...basicEgress(context),
    { to: [podsIn(namespaces.dragonfly, pods.store)], ports: meshPorts(context, ports.store) },
    { to: [podsIn(namespaces.system, pods.scheduler)], ports: meshPorts(context, ports.scheduler) },
    { to: [podsIn(namespaces.observability, pods.collector)], ports: meshPorts(context, ports.otlp) },
    ...pushEgress(context),
  ];
}

/** The scheduler calls agents of push fleets, on whatever ports they listen. */
function pushEgress(context: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  const push = [...context.environment.fleets.values()].filter(({ agent }) => agent.delivery === 'push');
  const numbers = [...new Set(push.map(({ agent }) => agent.ports.http))].sort((a, b) => a - b);
  return numbers.length === 0 ? [] : [{ to: [fleetPods()], ports: meshPorts(context, ...numbers) }];
}
