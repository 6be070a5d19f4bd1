import type { FleetModel } from './model.ts';

/** What runs the agents of a fleet; scalers, restarts and policies name it by this kind and the fleet's name. */
export type WorkloadKind = 'Deployment' | 'StatefulSet';

export function workloadKind(fleet: FleetModel): WorkloadKind {
  return fleet.memory === undefined ? 'Deployment' : 'StatefulSet';
}

/** `apiVersion` of its kind. */
export function workloadApi(_fleet: FleetModel): string {
  return 'apps/v1';
}
