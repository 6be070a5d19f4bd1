import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import { addAccess } from './access.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import { addNamespace } from './namespace.ts';
import { addNetworkPolicies } from './network.ts';
import { addWorkload } from './workload.ts';

/** Everything Kubernetes itself needs to run one fleet. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    addNamespace(add, context);
    addNetworkPolicies(add, context);
    addAccess(add, context);
    addWorkload(add, context);
  });
  return [{ path: `teams/${fleet.id}/kubernetes.yaml`, kind: 'manifests', manifests }];
}
