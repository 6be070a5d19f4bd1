import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { K8s } from '../../cdk8s/k8s.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { fleetSelector, mesh, namespaces, pods, ports } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { kinds } from './kinds.ts';
import { hasWaypoint } from '../../core/mesh-calls.ts';
import { waypointSettings } from './waypoint-settings.ts';

/** Labels of a waypoint's pods: the mesh makes them from the Gateway. */
const WAYPOINT_PODS = { 'gateway.networking.k8s.io/gateway-name': mesh.waypoint };

/** In ambient mode: the proxy that reads HTTP for a fleet that is called, and the ways to it. */
export function addWaypoint(add: Add, context: FleetContext): void {
  const { fleet } = context;
  if (fleet.environment.mesh !== 'ambient') return;
  if (hasWaypoint(fleet)) {
    add(k8s.KubeConfigMap, {
      metadata: context.metadata(mesh.waypoint, waves.mesh),
      data: waypointSettings(),
    });
    const metadata = context.metadata(mesh.waypoint, waves.mesh);
    add(kinds.waypoint, {
      metadata: { ...metadata, labels: { ...metadata.labels, 'istio.io/waypoint-for': 'service' } },
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [{ name: 'mesh', port: ports.hbone, protocol: 'HBONE' }],
        infrastructure: { parametersRef: { group: '', kind: 'ConfigMap', name: mesh.waypoint } },
      },
    });
    addWaypointNetwork(add, context);
  }
  addWays(add, context);
}

/** The waypoint is called by those who may call the fleet, and calls the fleet. */
function addWaypointNetwork(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const tunnel = [tcp(ports.hbone)];
  const callers = fleet.calledBy.map(({ from, at }): K8s.NetworkPolicyPeer => ({
    ...namespaceNamed(trace(from.namespace, at)),
    podSelector: { matchLabels: { ...fleetSelector(from) } },
  }));
  const scheduler = { ...namespaceNamed(namespaces.system), podSelector: { matchLabels: pods.scheduler } };
  const from = [...(fleet.agent.delivery === 'push' ? [scheduler] : []), ...callers];
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(mesh.waypoint, waves.guard),
    spec: {
      podSelector: { matchLabels: WAYPOINT_PODS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from, ports: tunnel },
        {
          from: [{ ...namespaceNamed(namespaces.observability), podSelector: { matchLabels: pods.prometheus } }],
          ports: [tcp(ports.mergedMetrics)],
        },
      ],
      egress: [
        { to: [{ podSelector: { matchLabels: context.selector } }], ports: tunnel },
        {
          to: [{ ...namespaceNamed(namespaces.istio), podSelector: { matchLabels: pods.istiod } }],
          ports: [tcp(ports.istiod)],
        },
        {
          to: [{ ...namespaceNamed(namespaces.observability), podSelector: { matchLabels: pods.collector } }],
          ports: [tcp(ports.otlp), tcp(ports.hbone)],
        },
        {
          to: [{ ...namespaceNamed(namespaces.kubeSystem), podSelector: { matchLabels: pods.dns } }],
          ports: [{ ...tcp(ports.dns), protocol: 'UDP' }, tcp(ports.dns)],
        },
      ],
    },
  });
}

/** The agents are called by their waypoint, and call the waypoints of the fleets they talk to. */
function addWays(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const tunnel = [tcp(ports.hbone)];
  const out = fleet.calls.map(({ to, at }) => ({
    to: [{ ...namespaceNamed(trace(to.namespace, at)), podSelector: { matchLabels: WAYPOINT_PODS } }],
    ports: tunnel,
  }));
  const into = hasWaypoint(fleet) ? [{ from: [{ podSelector: { matchLabels: WAYPOINT_PODS } }], ports: tunnel }] : [];
  const policyTypes = [...(into.length > 0 ? ['Ingress'] : []), ...(out.length > 0 ? ['Egress'] : [])];
  if (policyTypes.length === 0) return;
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata('through-waypoints', waves.guard),
    spec: { podSelector: { matchLabels: context.selector }, policyTypes, ingress: into, egress: out },
  });
}

function namespaceNamed(namespace: string): K8s.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

function tcp(number: number): K8s.NetworkPolicyPort {
  return { port: k8s.IntOrString.fromNumber(number), protocol: 'TCP' };
}
