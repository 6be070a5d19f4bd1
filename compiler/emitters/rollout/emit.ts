import { nearestFirst, serviceProps, workloadMetadata, workloadSpec } from '../../cdk8s/agent/workload.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { canaryService, previewService } from '../../core/names.ts';
import { takeoverOf, workloadKind } from '../../core/workload.ts';
import { addAnalyses } from './analyses.ts';
import { decides } from './decides.ts';
import { kinds } from './kinds.ts';
import type { PodTemplate, RolloutSpec } from './kinds.ts';
import { meshStrategy, switchStrategy } from './strategy.ts';

/** Revisions back to which a return needs no steps and no measuring: they were measured when they came. */
const RETURN_REVISIONS = 3;

/** What lets two versions of a fleet run side by side. Fleets that replace their agents in turn need nothing of it. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  if (workloadKind(fleet) !== 'Rollout') return [];
  const context = fleetContext(fleet);
  const mesh = takeoverOf(fleet) === 'mesh';
  const service = (mesh ? canaryService : previewService)(fleet.name);
  const manifests = synthesize(fleet.at, (add) => {
    add(k8s.KubeService, serviceProps(context, service), nearestFirst(fleet));
    add(kinds.rollout, { metadata: workloadMetadata(context), spec: specOf(context, mesh) });
    addAnalyses(add, context, mesh);
  });
  return [{ path: `teams/${fleet.id}/rollout.yaml`, kind: 'manifests', manifests }];
}

function specOf(context: FleetContext, mesh: boolean): RolloutSpec {
  const { fleet, from } = context;
  const { template, ...spec } = workloadSpec(context);
  return {
    ...spec,
    template: k8s.toJson_PodTemplateSpec(template) as PodTemplate,
    progressDeadlineSeconds: 600,
    progressDeadlineAbort: from(decides(fleet), 'rollout', 'onFailure'),
    rollbackWindow: { revisions: RETURN_REVISIONS },
    strategy: mesh ? meshStrategy(context) : switchStrategy(context),
  };
}
