import { largest } from '../core/largest.ts';
import type { EdgeModel, EnvironmentModel } from '../core/model.ts';
import { externalObjects } from './external.ts';

/**
 * Everything that the proof of an environment takes from its model, besides places. It is all that the proof is given: from
 * the same premises and the same facts follows the same, and a proof that was silent need not be made again.
 */
export interface Premises {
  readonly fleets: ReadonlyMap<string, FleetPremises>;
  /** Objects that others bring into the cluster. */
  readonly external: readonly string[];
}

export interface FleetPremises {
  readonly namespace: string;
  /** Most pods at one time. */
  readonly podsMax: number;
  readonly calls: readonly EdgeModel[];
}

export function premisesOf(environment: EnvironmentModel): Premises {
  const fleets = new Map<string, FleetPremises>();
  for (const fleet of environment.fleets.values()) {
    const { id, namespace, calls } = fleet;
    fleets.set(id, { namespace, podsMax: largest(fleet).pods, calls });
  }
  return { fleets, external: [...externalObjects(environment)] };
}
