import { series } from '../../core/series.ts';
import { found } from '../../cdk8s/pod-monitor.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { waveAnnotation, waves } from '../../core/fleet-context.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import { dashboardUid, labels, namespaces } from '../../core/names.ts';
import { objectiveSuite } from './burn-alerts.ts';
import { platformSuites } from './platform-alerts.ts';
import { platformObjectives } from './platform-objectives.ts';
import { together } from './rule.ts';
import type { Group } from './rule.ts';
import { groupsOf } from './emit.ts';
import { addInhibitions } from './inhibitions.ts';
import { addSchedulerMonitor } from './monitor.ts';
import type { Owner } from './owner.ts';
import { addRules, plainFiles } from './rule-files.ts';

/** Promises and alerts of the scheduler, with their tests. Nothing where the environment has no Prometheus. */
export function emitPlatform({ environment }: EnvironmentInput): readonly Artifact[] {
  if (environment.facts.observability === undefined) return [];
  const objectives = platformObjectives(environment);
  const suite = together([...objectives.map(objectiveSuite), ...platformSuites(environment)]);
  const groups = [fleetSeries(environment), ...groupsOf('nova/platform', objectives, suite)];
  const owner: Owner = {
    labels: { environment: environment.name, team: 'platform' },
    dashboard: dashboardUid('scheduler'),
    spec: environment.at.document.file,
  };
  const metadata = found({
    name: 'nova-torch-platform',
    namespace: namespaces.system,
    labels: {
      [labels.environment]: environment.name,
      [labels.partOf]: 'nova-torch',
      [labels.managedBy]: 'nova-torch',
    },
    annotations: waveAnnotation(waves.observe),
  });
  const manifests = synthesize(environment.at, (add) => {
    addSchedulerMonitor(add, metadata, environment.facts.mesh);
    addRules(add, metadata, groups, owner);
    addInhibitions(add, metadata);
  });
  return [
    { path: 'platform/prometheus.yaml', kind: 'manifests', manifests },
    ...plainFiles('platform', groups, suite, owner, environment.at),
  ];
}

/** What scalers, rollouts and panels ask of every fleet. */
function fleetSeries({ at }: EnvironmentModel): Group {
  const rules = Object.values(series).map(({ record, expr }) => ({ record, query: { text: expr }, labels: {}, at }));
  return { name: 'nova/fleets', intervalMs: 15_000, rules };
}
