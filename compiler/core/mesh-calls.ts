import type { FleetModel } from './model.ts';
import { takeoverOf } from './workload.ts';

/** Whether anybody calls a fleet's agents over HTTP: the scheduler, or other fleets. */
export function isCalled({ agent, calledBy }: FleetModel): boolean {
  return agent.delivery === 'push' || calledBy.length > 0;
}

/** Whether the mesh moves tasks from the old version to the new one, step by step. */
export function splitsTraffic(fleet: FleetModel): boolean {
  return takeoverOf(fleet) === 'mesh';
}

/** Whether an ambient namespace has a waypoint: a proxy that reads HTTP, for those who are called over it. */
export function hasWaypoint(fleet: FleetModel): boolean {
  return fleet.environment.mesh === 'ambient' && isCalled(fleet);
}
