import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { customResource } from '../../cdk8s/custom.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import type { Origin } from '../../core/origin.ts';
import { trace } from '../../core/trace.ts';
import type { Owner } from './owner.ts';
import type { Group, Suite } from './rule.ts';
import { writeGroups } from './write-rules.ts';
import { writeTests } from './write-tests.ts';

const RULES = customResource<IPrometheusRule>('monitoring.coreos.com/v1', 'PrometheusRule');

/** The rules as the cluster takes them. */
export function addRules(add: Add, metadata: Metadata, groups: readonly Group[], owner: Owner): void {
  // The typing package knows no traced text; what is inside a group is written by `writeGroups` alone.
  const written = writeGroups(groups, owner, trace) as unknown as NonNullable<IPrometheusRule['spec']>['groups'];
  add(RULES, { metadata, spec: { groups: written } } as Omit<IPrometheusRule, 'apiVersion' | 'kind'>);
}

/** The same rules as `promtool` reads them, and their tests: `<folder>/prometheus.rules.yaml` and `.test.yaml`. */
export function plainFiles(
  folder: string,
  groups: readonly Group[],
  suite: Suite,
  owner: Owner,
  origin: Origin,
): readonly Artifact[] {
  const value = { groups: writeGroups(groups, owner, (text) => text) };
  return [
    { path: `${folder}/prometheus.rules.yaml`, kind: 'yaml', value, origin, origins: originsOf(groups) },
    {
      path: `${folder}/prometheus.test.yaml`,
      kind: 'yaml',
      value: writeTests('prometheus.rules.yaml', suite, owner),
      origin,
    },
  ];
}

/** Where each rule comes from, by JSON Pointer. */
function originsOf(groups: readonly Group[]): Map<string, Origin> {
  return new Map(
    groups.flatMap(({ rules }, group) =>
      rules.map(({ at }, rule): [string, Origin] => [`/groups/${group}/rules/${rule}`, at]),
    ),
  );
}
