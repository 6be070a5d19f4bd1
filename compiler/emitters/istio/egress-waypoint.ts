import { k8s } from '../../cdk8s/k8s.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { WAYPOINT_CLASS, mesh, namespaces, pods, ports } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { kinds } from './kinds.ts';
import { waypointSettings } from './waypoint-settings.ts';

/** In ambient mode a waypoint lets fleets out. Its pods bear the label of the gateway, so that one NetworkPolicy fits both. */
export function addEgressWaypoint(add: Add, context: PlatformContext): void {
  const metadata = context.metadata(namespaces.egress, mesh.egress, waves.mesh);
  add(k8s.KubeConfigMap, { metadata, data: waypointSettings() });
  add(kinds.waypoint, {
    metadata: { ...metadata, labels: { ...metadata.labels, 'istio.io/waypoint-for': 'service' } },
    spec: {
      gatewayClassName: WAYPOINT_CLASS,
      listeners: [{ name: 'mesh', port: ports.hbone, protocol: 'HBONE' }],
      infrastructure: {
        labels: pods.egressGateway,
        parametersRef: { group: '', kind: 'ConfigMap', name: mesh.egress },
      },
    },
  });
  // A waypoint reads no policy that does not name it: the one for the namespace alone would leave it open.
  add(kinds.authorizationPolicy, {
    metadata: context.metadata(namespaces.egress, 'deny-all-outside', waves.mesh),
    spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: mesh.egress }] },
  });
}
