import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import { addAuthorization } from './authorization.ts';
import { addEgressAccess } from './egress-access.ts';
import { addRoutes } from './routes.ts';
import { addSchedulerAccess } from './scheduler-access.ts';
import { addScope } from './scope.ts';
import { addTelemetry } from './telemetry.ts';
import { addDestinationRules } from './traffic.ts';
import { addWaypoint } from './waypoint.ts';

/**
 * The mesh of one fleet. What it may reach beyond other fleets is decided in namespaces of the platform and lies in its
 * folder: a team's application must not be able to open a way for itself.
 */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const context = fleetContext(fleet);
  const own = synthesize(fleet.at, (add) => {
    addAuthorization(add, context);
    addDestinationRules(add, context);
    addRoutes(add, context);
    addScope(add, context);
    addTelemetry(add, context);
    addWaypoint(add, context);
  });
  const access = synthesize(fleet.at, (add) => {
    addSchedulerAccess(add, context);
    addEgressAccess(add, context);
  });
  return [
    { path: `teams/${fleet.id}/istio.yaml`, kind: 'manifests', manifests: own },
    { path: `platform/istio-${fleet.namespace}.yaml`, kind: 'manifests', manifests: access },
  ];
}
