import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import { deriveName } from '../../core/names.ts';

/** The cluster that Argo CD itself runs in. */
export const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** What the platform applies, a project each: what all fleets share, what guards each of them, and Argo CD's own objects. */
export type PlatformPart = 'platform' | 'guards' | 'root';

/** A project and what stands in it: environments may share one Argo CD. */
export function platformName(part: PlatformPart, { name }: EnvironmentModel): string {
  return deriveName(['nova-torch', part, name]);
}

export function teamProject(team: string, { name }: EnvironmentModel): string {
  return deriveName([name, team]);
}

/** Applications of one fleet: its own, and the platform's that guards it. */
export function fleetApplication({ name, team, environment }: FleetModel, part?: 'guards'): string {
  return deriveName([environment.name, team.name, name, ...(part === undefined ? [] : [part])]);
}
