import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { waveAnnotation, waves } from '../../core/fleet-context.ts';
import { labels, namespaces } from '../../core/names.ts';
import { addDashboard, addFolder } from './dashboard-object.ts';
import { deliveryDashboard } from './delivery-dashboard.ts';
import { overviewDashboard } from './overview-dashboard.ts';
import { schedulerDashboard } from './scheduler-dashboard.ts';
import { telemetryDashboard } from './telemetry-dashboard.ts';

/** The dashboards of an environment. Nothing where it does not say where signals go. */
export function emitPlatform({ environment }: EnvironmentInput): readonly Artifact[] {
  const { observability } = environment.facts;
  if (observability === undefined) return [];
  const shelf = { observability, folderAt: environment.from(['observability', 'grafanaFolder']) };
  const dashboards = {
    overview: overviewDashboard(environment),
    scheduler: schedulerDashboard(environment),
    delivery: deliveryDashboard(),
    telemetry: telemetryDashboard(environment),
  };
  const manifests = synthesize(environment.at, (add) => {
    const metadata = (name: string) => ({
      name: `nova-torch-${name}`,
      namespace: namespaces.system,
      labels: {
        [labels.environment]: environment.name,
        [labels.partOf]: 'nova-torch',
        [labels.managedBy]: 'nova-torch',
      },
      annotations: waveAnnotation(waves.observe),
    });
    addFolder(add, metadata('folder'), shelf);
    for (const [name, dashboard] of Object.entries(dashboards))
      addDashboard(add, metadata(name), shelf, dashboard, environment.at);
  });
  return [{ path: 'platform/grafana.yaml', kind: 'manifests', manifests }];
}
