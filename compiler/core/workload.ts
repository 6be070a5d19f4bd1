import type { FleetModel } from './model.ts';

/** What runs the agents of a fleet; scalers, restarts and policies name it by this kind and the fleet's name. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'Rollout';

/**
 * How a new version takes over. A StatefulSet replaces its agents by their numbers, and a Deployment in turn. A Rollout
 * runs both versions: `mesh` lets requests move to the new one step by step, `switch` keeps two whole sets and moves
 * everything at once. Agents that pull are always switched: who gets a task is decided by the routing table alone.
 */
export type Takeover = 'numbers' | 'turns' | 'mesh' | 'switch';

export function takeoverOf({ memory, rollout }: FleetModel): Takeover {
  if (memory !== undefined) return 'numbers';
  if (rollout.strategy === 'rolling') return 'turns';
  return rollout.strategy === 'canary' && rollout.split === 'mesh' ? 'mesh' : 'switch';
}

const KINDS: Readonly<Record<Takeover, WorkloadKind>> = {
  numbers: 'StatefulSet',
  turns: 'Deployment',
  mesh: 'Rollout',
  switch: 'Rollout',
};

export function workloadKind(fleet: FleetModel): WorkloadKind {
  return KINDS[takeoverOf(fleet)];
}

/** `apiVersion` of its kind. */
export function workloadApi(fleet: FleetModel): string {
  return workloadKind(fleet) === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1';
}

/** The label that tells pods of one version from those of another. Numbered agents have none that spreading could use. */
export function revisionLabel(fleet: FleetModel): string | undefined {
  const labels = { Deployment: 'pod-template-hash', StatefulSet: undefined, Rollout: 'rollouts-pod-template-hash' };
  return labels[workloadKind(fleet)];
}
