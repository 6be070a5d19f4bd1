import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { customResource } from '../../cdk8s/custom.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext, waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { workloadApi, workloadKind } from '../../core/workload.ts';
import { behaviorOf } from './behavior.ts';
import { demandTriggers, processorTrigger } from './demand.ts';
import { timeTriggers } from './times.ts';

const scaledObject = customResource<IScaledObject>('keda.sh/v1alpha1', 'ScaledObject');

/** A fleet of a fixed size has no scaler: its workload says the number. */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  if (fleet.scale.min === fleet.scale.max) return [];
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    // Beside a rollout, which comes last: a scaler without its target is no healthy one.
    const wave = workloadKind(fleet) === 'Rollout' ? waves.handOver : waves.scaling;
    add(scaledObject, {
      metadata: context.metadata(context.from(fleet.name), wave),
      spec: specOf(context),
    });
  });
  return [{ path: `teams/${fleet.id}/scaling.yaml`, kind: 'manifests', manifests }];
}

function specOf(context: FleetContext): IScaledObject['spec'] {
  const { fleet, from } = context;
  const { max, downAfterMs } = fleet.scale;
  const prometheus = fleet.environment.observability?.prometheus;
  const demand = prometheus === undefined ? [processorTrigger(context)] : demandTriggers(context, prometheus);
  const least = leastOf(context);
  return {
    scaleTargetRef: { apiVersion: workloadApi(fleet), kind: workloadKind(fleet), name: from(fleet.name) },
    pollingInterval: 15,
    ...(fleet.scale.min === 0 && prometheus !== undefined
      ? { cooldownPeriod: from(Math.ceil(downAfterMs / 1000), 'scale', 'down', 'after') }
      : {}),
    minReplicaCount: least,
    maxReplicaCount: from(max, 'scale', 'max'),
    ...(prometheus === undefined ? {} : { fallback: fallbackOf(context) }),
    advanced: {
      restoreToOriginalReplicaCount: false,
      horizontalPodAutoscalerConfig: { behavior: behaviorOf(context) },
    },
    triggers: [...demand, ...timeTriggers(context)],
  };
}

function leastOf({ fleet, from }: FleetContext): number {
  const { min, max } = fleet.scale;
  // Which agents are new is decided by their numbers: with fewer than all, one of the two builds might have none.
  if (fleet.memory !== undefined && fleet.rollout.underway !== undefined) return from(max, 'rollout', 'underway');
  // A processor has no value while no agent runs: nothing could wake the fleet again.
  return from(fleet.environment.observability === undefined ? Math.max(min, 1) : min, 'scale', 'min');
}

/** When nobody knows the demand, nobody is sent away, and at least one agent is there to do what may wait. */
function fallbackOf({ fleet, from }: FleetContext) {
  return {
    failureThreshold: 4,
    replicas: from(Math.max(fleet.scale.min, 1), 'scale', 'min'),
    behavior: 'currentReplicasIfHigher' as const,
  };
}
