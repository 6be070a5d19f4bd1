import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import { addAccess } from './access.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import { byOwner, guardFile } from '../../core/guards.ts';
import { addNamespace } from './namespace.ts';
import { addNetworkPolicies } from './network.ts';
import { addWorkload } from './workload.ts';

/** Everything Kubernetes itself needs to run one fleet: what guards its namespace, for the platform, and the fleet. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    addNamespace(add, context);
    addNetworkPolicies(add, context);
    addAccess(add, context);
    addWorkload(add, context);
  });
  const { guards, own } = byOwner(manifests);
  return [
    { path: `teams/${fleet.id}/kubernetes.yaml`, kind: 'manifests', manifests: own },
    { path: guardFile('kubernetes', fleet), kind: 'manifests', manifests: guards },
  ];
}
