import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext, waves } from '../../core/fleet-context.ts';
import { objectivesOf } from '../../core/objective.ts';
import { found } from '../../cdk8s/pod-monitor.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import { objectiveSuite } from './burn-alerts.ts';
import { fleetSuites } from './fleet-alerts.ts';
import { addAgentMonitor } from './monitor.ts';
import { fleetOwner } from './owner.ts';
import { longRecordings, shortRecordings } from './records.ts';
import { addRules, plainFiles } from './rule-files.ts';
import { together } from './rule.ts';
import type { Group, Suite } from './rule.ts';

/** What is recorded of a fleet, its alerts and their tests. Nothing where the environment has no Prometheus. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  if (fleet.environment.observability === undefined) return [];
  const objectives = objectivesOf(fleet);
  const suite = together([...objectives.map(objectiveSuite), ...fleetSuites(fleet)]);
  const groups = groupsOf(`nova/${fleet.id}`, objectives, suite);
  const owner = fleetOwner(fleet);
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    addAgentMonitor(add, context);
    addRules(add, found(context.metadata(fleet.name, waves.observe)), groups, owner);
  });
  const folder = `teams/${fleet.id}`;
  return [
    { path: `${folder}/prometheus.yaml`, kind: 'manifests', manifests },
    ...plainFiles(folder, groups, suite, owner, fleet.at),
  ];
}

/** Recorded first, alerted on after; what looks back for days is computed less often. */
export function groupsOf(
  name: string,
  objectives: ReturnType<typeof objectivesOf>,
  { alerts }: Suite,
): readonly Group[] {
  return [
    { name: `${name}/objectives`, intervalMs: 30_000, rules: objectives.flatMap(shortRecordings) },
    { name: `${name}/budgets`, intervalMs: 300_000, rules: objectives.flatMap(longRecordings) },
    { name: `${name}/alerts`, intervalMs: 30_000, rules: alerts },
  ];
}
