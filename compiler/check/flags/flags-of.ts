import type { JsonPath } from '../../../spec/contract/source.ts';
import type { EnvironmentModel, FlagModel, FleetModel } from '../../core/model.ts';
import type { Origin, Part } from '../../core/origin.ts';

/** A flag with its fleet, and the place of its parts. */
export interface PlacedFlag {
  readonly name: string;
  readonly flag: FlagModel;
  readonly fleet: FleetModel;
  readonly from: (path: JsonPath, part?: Part) => Origin;
}

/** All flags of a fleet. */
export function flagsIn(fleet: FleetModel): readonly PlacedFlag[] {
  return [...fleet.flags].map(([name, flag]) => ({
    name,
    flag,
    fleet,
    from: (path: JsonPath, part?: Part) => fleet.from(['flags', name, ...path], part),
  }));
}

/** All flags of an environment. */
export function flagsOf(environment: EnvironmentModel): readonly PlacedFlag[] {
  return [...environment.fleets.values()].flatMap(flagsIn);
}
