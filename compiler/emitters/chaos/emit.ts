import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext, waves } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { guardFile } from '../../core/guards.ts';
import { chaos, deriveName, labels, namespaces } from '../../core/names.ts';
import { workloadKind } from '../../core/workload.ts';
import { CHAOS_WAVE, addEngine } from './experiment.ts';
import type { Target } from './experiment.ts';
import { targetBinding } from './rights.ts';
import type { ExperimentName } from './types.ts';

/**
 * Experiments on one fleet. They run in the namespace of chaos, not in the fleet's: breaking a network needs rights that the
 * fleet's namespace refuses, and their pods would not fit its quota. The platform applies them, since they may delete pods.
 */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const context = fleetContext(fleet);
  const manifests = synthesize(fleet.at, (add) => {
    add(k8s.KubeRoleBinding, targetBinding(context.metadata(chaos.targetRole, waves.access)));
    for (const experiment of EXPERIMENTS) {
      const metadata = context.metadata(deriveName([fleet.namespace, experiment]), CHAOS_WAVE);
      addEngine(add, fleet.environment, experiment, targetOf(context), { ...metadata, namespace: namespaces.chaos });
    }
  });
  return [{ path: guardFile('chaos', fleet), kind: 'manifests', manifests }];
}

const EXPERIMENTS: readonly ExperimentName[] = ['pod-delete', 'pod-network-loss'];

function targetOf({ fleet }: FleetContext): Target {
  const kinds = { Deployment: 'deployment', StatefulSet: 'statefulset', Rollout: 'rollout' } as const;
  return {
    namespace: fleet.namespace,
    labels: { [labels.name]: fleet.name },
    kind: kinds[workloadKind(fleet)],
    container: 'agent',
  };
}
