import type { K8s } from '../../cdk8s/k8s.ts';
import { namespaces, pods, ports } from '../../core/names.ts';
import { peopleHost } from '../../core/outside-hosts.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { submittersOf } from '../../core/submitters.ts';
import { trace } from '../../core/trace.ts';
import {
  basicEgress,
  fleetPods,
  meshPorts,
  metricsPorts,
  podsIn,
  port,
  probeIngress,
} from '../../cdk8s/platform-network.ts';

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
    ...submitterIngress(context),
    { from: [podsIn(namespaces.system, pods.scheduler)], ports: peerPorts(context) },
    {
      from: [podsIn(namespaces.observability, pods.prometheus)],
      ports: metricsPorts(context, ports.schedulerOps),
    },
    ...probeIngress(context),
  ];
}

/** Schedulers reach each other, and where there are mirrors send them. */
function peerPorts(context: PlatformContext): K8s.NetworkPolicyPort[] {
  const { environment, from } = context;
  if (!environment.facts.scheduler.mirrored) return meshPorts(context, ports.scheduler);
  return meshPorts(context, ports.scheduler, from(ports.schedulerMirror, 'scheduler', 'mirror'));
}

/** Which of their pods may, the identity says that each must prove. */
function submitterIngress(context: PlatformContext): K8s.NetworkPolicyIngressRule[] {
  const places = new Map(
    submittersOf(context.environment).map(({ namespace, at }) => [namespace, trace(namespace, at)]),
  );
  const from = [...places.values()].map((name) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  }));
  return from.length === 0 ? [] : [{ from, ports: meshPorts(context, ports.scheduler) }];
}

function egressOf(context: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  return [
    ...basicEgress(context),
    { to: [podsIn(namespaces.dragonfly, pods.store)], ports: meshPorts(context, ports.store) },
    { to: [podsIn(namespaces.system, pods.scheduler)], ports: peerPorts(context) },
    { to: [podsIn(namespaces.observability, pods.collector)], ports: meshPorts(context, ports.otlp) },
    ...pushEgress(context),
    ...identityEgress(context),
  ];
}

/** To the keys that prove who calls: the company's by the one way out, those of the cluster at its API server, wherever that is. */
function identityEgress(context: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  const { environment } = context;
  const gateway = podsIn(namespaces.egress, pods.egressGateway);
  return [
    ...(peopleHost(environment) === undefined
      ? []
      : [{ to: [gateway], ports: meshPorts(context, ports.egressGateway) }]),
    ...(environment.facts.mesh === 'ambient' ? [{ ports: ports.kubernetes.map((number) => port(number)) }] : []),
  ];
}

/** The scheduler calls agents of push fleets, on whatever ports they listen. */
function pushEgress(context: PlatformContext): K8s.NetworkPolicyEgressRule[] {
  const push = [...context.environment.fleets.values()].filter(({ agent }) => agent.delivery === 'push');
  const numbers = [...new Set(push.map(({ agent }) => agent.ports.http))].sort((a, b) => a - b);
  return numbers.length === 0 ? [] : [{ to: [fleetPods()], ports: meshPorts(context, ...numbers) }];
}
