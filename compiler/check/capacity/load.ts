import type { EnvironmentModel, FleetModel, RouteModel } from '../../core/model.ts';
import { weighted } from '../routing/capability.ts';
import { byTask } from '../routing/by-task.ts';
import { amplification, serviceOf } from './service.ts';
import type { Service } from './service.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Part of a fleet's load: the tasks of one type that one route sends to it. */
export interface Load {
  readonly fleet: FleetModel;
  readonly route: RouteModel;
  readonly task: string;
  /** Tasks per second. */
  readonly perSecond: number;
  readonly service: Service;
  /** Slots that are busy on average, retries included (Little's law). */
  readonly busy: number;
}

/**
 * The load that declared arrivals put on fleets. A task type with one route is shared out by its weights. With several
 * routes nobody knows how the tasks divide among them, so these are left out here and judged together elsewhere.
 */
export function loads(environment: EnvironmentModel): Load[] {
  const found: Load[] = [];
  for (const [task, perSecond] of environment.arrivals) {
    const [route, ...others] = byTask(environment).routes.get(task) ?? [];
    if (route !== undefined && others.length === 0) found.push(...shared(environment, route, task, perSecond));
  }
  return found;
}

function shared(environment: EnvironmentModel, route: RouteModel, task: string, perSecond: number): Load[] {
  const targets = weighted(environment, route).filter(({ fleet }) => fleet.accepts.has(task));
  const total = targets.reduce((sum, { target }) => sum + target.weight, 0);
  return targets.map(({ target, fleet }) =>
    sure(loadOf(fleet, route, task, (perSecond * target.weight) / total), 'the load of a fleet that accepts the task'),
  );
}

/** The load of so many tasks; nothing when the fleet does not accept them. */
export function loadOf(fleet: FleetModel, route: RouteModel, task: string, perSecond: number): Load | undefined {
  const accept = fleet.accepts.get(task);
  if (accept === undefined) return undefined;
  const service = serviceOf(fleet, accept);
  return {
    fleet,
    route,
    task,
    perSecond,
    service,
    busy: ((perSecond * service.ms) / 1000) * amplification(fleet, accept),
  };
}
