import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext, waves } from '../../core/fleet-context.ts';
import { addDashboard } from './dashboard-object.ts';
import { fleetDashboard } from './fleet-dashboard.ts';
import { viewOf } from './fleet-view.ts';
import { routeDashboard } from './route-dashboard.ts';
import { sloDashboard } from './slo-dashboard.ts';

/** The dashboards of a fleet. Nothing where the environment does not say where signals go. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const { observability } = fleet.environment;
  if (observability === undefined) return [];
  const context = fleetContext(fleet);
  // A fleet's unit does not see its environment's document.
  const shelf = { observability, folderAt: fleet.at };
  const manifests = synthesize(fleet.at, (add) => {
    const show = (suffix: string, dashboard: ReturnType<typeof fleetDashboard>, at = fleet.at) => {
      addDashboard(add, context.metadata(`${fleet.name}-${suffix}`, waves.observe), shelf, dashboard, at);
    };
    const view = viewOf(fleet);
    show('fleet', fleetDashboard(view));
    show('route', routeDashboard(view), fleet.from(['accepts']));
    show('slo', sloDashboard(view), fleet.from(['slo']));
  });
  return [{ path: `teams/${fleet.id}/grafana.yaml`, kind: 'manifests', manifests }];
}
