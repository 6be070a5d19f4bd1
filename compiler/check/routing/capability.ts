import type { AcceptModel, EnvironmentModel, FleetModel, RouteModel, TargetModel } from '../../core/model.ts';

/** A skill with its least level, without templates. */
export type Need = readonly [skill: string, level: number];

/** What a fleet lacks, in words: `no python`, `python level 2, needs 3`. Empty when it has all. */
export function lacks(fleet: FleetModel, needs: readonly Need[]): string[] {
  const missing: string[] = [];
  for (const [skill, level] of needs) {
    const has = fleet.skills[skill];
    if (has === undefined) missing.push(`no \`${skill}\``);
    else if (has < level) missing.push(`\`${skill}\` level ${has}, needs ${level}`);
  }
  return missing;
}

/** How far a fleet is from having all: levels that are missing. */
export function distance(fleet: FleetModel, needs: readonly Need[]): number {
  let sum = 0;
  for (const [skill, level] of needs) sum += Math.max(0, level - (fleet.skills[skill] ?? 0));
  return sum;
}

/** A target that gets tasks, with its fleet. */
export interface WeightedTarget {
  readonly target: TargetModel;
  readonly fleet: FleetModel;
}

const known = new WeakMap<EnvironmentModel, Map<RouteModel, readonly WeightedTarget[]>>();

/** The targets of a route that get tasks; worked out once, since most rules ask. */
export function weighted(environment: EnvironmentModel, route: RouteModel): readonly WeightedTarget[] {
  let routes = known.get(environment);
  if (routes === undefined) known.set(environment, (routes = new Map()));
  let found = routes.get(route);
  if (found === undefined) routes.set(route, (found = findWeighted(environment, route)));
  return found;
}

function findWeighted(environment: EnvironmentModel, route: RouteModel): WeightedTarget[] {
  const found: WeightedTarget[] = [];
  for (const target of route.to) {
    const fleet = environment.fleets.get(target.fleet);
    if (fleet !== undefined && target.weight > 0) found.push({ target, fleet });
  }
  return found;
}

/** How the targets of a route handle its tasks. */
export function acceptsOf(environment: EnvironmentModel, route: RouteModel): AcceptModel[] {
  const found: AcceptModel[] = [];
  for (const { fleet } of weighted(environment, route)) {
    for (const task of route.match.tasks) {
      const accept = fleet.accepts.get(task);
      if (accept !== undefined) found.push(accept);
    }
  }
  return found;
}

/** Whether a skill depends on the task. */
export function isTemplate(skill: string): boolean {
  return skill.includes('{');
}
