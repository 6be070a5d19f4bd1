import type { EnvironmentModel, FleetModel, RouteModel } from '../../core/model.ts';

/** Who accepts a task type, and which routes take it, in the order in which they are tried. */
export interface TaskIndex {
  readonly acceptors: ReadonlyMap<string, readonly FleetModel[]>;
  readonly routes: ReadonlyMap<string, readonly RouteModel[]>;
}

const known = new WeakMap<EnvironmentModel, TaskIndex>();

/** The index of an environment; made once and shared by the rules, so that none compares all pairs. */
export function byTask(environment: EnvironmentModel): TaskIndex {
  const found = known.get(environment);
  if (found !== undefined) return found;
  const acceptors = new Map<string, FleetModel[]>();
  for (const fleet of environment.fleets.values()) {
    for (const task of fleet.accepts.keys()) push(acceptors, task, fleet);
  }
  const routes = new Map<string, RouteModel[]>();
  for (const route of environment.routes) {
    for (const task of route.match.tasks) push(routes, task, route);
  }
  const index = { acceptors, routes };
  known.set(environment, index);
  return index;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
