import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import { byOwner, guardFile } from '../../core/guards.ts';
import { addAuthorization } from './authorization.ts';
import { addEgressAccess } from './egress-access.ts';
import { addRoutes } from './routes.ts';
import { addSchedulerAccess } from './scheduler-access.ts';
import { addScope } from './scope.ts';
import { addTelemetry } from './telemetry.ts';
import { addDestinationRules } from './traffic.ts';
import { addWaypoint } from './waypoint.ts';

/**
 * The mesh of one fleet. Who may call it and what it may reach lies in the platform's folder: a team's application must not be
 * able to open a way for itself.
 */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const context = fleetContext(fleet);
  const all = synthesize(fleet.at, (add) => {
    addAuthorization(add, context);
    addDestinationRules(add, context);
    addRoutes(add, context);
    addScope(add, context);
    addTelemetry(add, context);
    addWaypoint(add, context);
    addSchedulerAccess(add, context);
    addEgressAccess(add, context);
  });
  const { guards, own } = byOwner(all);
  const files = [
    { path: `teams/${fleet.id}/istio.yaml`, manifests: own },
    { path: guardFile('istio', fleet), manifests: guards },
  ];
  // A fleet that calls nobody and is called by nobody may need nothing of its own.
  return files.flatMap((file) => (file.manifests.length === 0 ? [] : [{ kind: 'manifests', ...file }]));
}
