import type { Add } from '../../cdk8s/synthesize.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { port, podsIn } from '../../cdk8s/platform-network.ts';
import { waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { WAYPOINT_CLASS, fleetSelector, labels, mesh, namespaces, pods, ports } from '../../core/names.ts';
import { trace } from '../../core/trace.ts';
import { kinds } from './kinds.ts';
import { hasWaypoint } from '../../core/mesh-calls.ts';
import { waypointSettings } from './waypoint-settings.ts';

/** A label of a waypoint's pods that the mesh makes from the Gateway's name. */
const WAYPOINT_PODS = { 'gateway.networking.k8s.io/gateway-name': mesh.waypoint };

/** Where the node's own DNS cache answers. */
const NODE_DNS = '169.254.20.10/32';

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
        gatewayClassName: WAYPOINT_CLASS,
        listeners: [{ name: 'mesh', port: ports.hbone, protocol: 'HBONE' }],
        infrastructure: {
          // Without labels of their own the pods would bear the Gateway's, and be taken for agents of the fleet.
          labels: { [labels.name]: mesh.waypoint, [labels.partOf]: 'nova-torch' },
          parametersRef: { group: '', kind: 'ConfigMap', name: mesh.waypoint },
        },
      },
    });
    addWaypointNetwork(add, context);
  }
  addWays(add, context);
}

/** The waypoint is called by those who may call the fleet, and calls the fleet. */
function addWaypointNetwork(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const tunnel = [port(ports.hbone)];
  const dns = { ports: [port(ports.dns, 'UDP'), port(ports.dns)] };
  const callers = fleet.calledBy.map(({ from, at }) => podsIn(trace(from.namespace, at), fleetSelector(from)));
  const scheduler = podsIn(namespaces.system, pods.scheduler);
  const from = [...(fleet.agent.delivery === 'push' ? [scheduler] : []), ...callers];
  add(k8s.KubeNetworkPolicy, {
    metadata: context.metadata(mesh.waypoint, waves.guard),
    spec: {
      podSelector: { matchLabels: WAYPOINT_PODS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from, ports: tunnel },
        { from: [podsIn(namespaces.observability, pods.prometheus)], ports: [port(ports.mergedMetrics)] },
      ],
      egress: [
        { to: [{ podSelector: { matchLabels: context.selector } }], ports: tunnel },
        { to: [podsIn(namespaces.istio, pods.istiod)], ports: [port(ports.istiod)] },
        { to: [podsIn(namespaces.observability, pods.collector)], ports: [port(ports.otlp), port(ports.hbone)] },
        { to: [podsIn(namespaces.kubeSystem, pods.dns)], ...dns },
        ...(fleet.environment.nodeLocalDns ? [{ to: [{ ipBlock: { cidr: NODE_DNS } }], ...dns }] : []),
      ],
    },
  });
}

/** The agents are called by their waypoint, and call the waypoints of the fleets they talk to. */
function addWays(add: Add, context: FleetContext): void {
  const { fleet } = context;
  const tunnel = [port(ports.hbone)];
  const out = fleet.calls.map(({ to, at }) => ({
    to: [podsIn(trace(to.namespace, at), WAYPOINT_PODS)],
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
