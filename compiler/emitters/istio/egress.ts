import type { Add } from '../../cdk8s/synthesize.ts';
import { waves } from '../../core/fleet-context.ts';
import { mesh, namespaces } from '../../core/names.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addEgressNetwork } from './egress-network.ts';
import { addGateway } from './egress-gateway.ts';
import { kinds } from './kinds.ts';
import { addEgressWaypoint } from './egress-waypoint.ts';

/** The one way out of the cluster. Everything that goes through it is written down. */
export function addEgress(add: Add, context: PlatformContext): void {
  add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.egress) });
  addEgressNetwork(add, context);
  const ambient = context.environment.facts.mesh === 'ambient';
  if (ambient) addEgressWaypoint(add, context);
  else addGateway(add, context);
  add(kinds.telemetry, {
    metadata: context.metadata(namespaces.egress, mesh.egress, waves.mesh),
    spec: {
      ...(ambient ? { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: mesh.egress }] } : {}),
      accessLogging: [{ providers: [{ name: mesh.accessLog }] }],
    },
  });
}
