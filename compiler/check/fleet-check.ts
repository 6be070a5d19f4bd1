import type { EnvironmentModel, FleetModel, TeamModel } from '../core/model.ts';
import type { Report } from '../diagnostics/report.ts';
import type { EnvironmentCheck } from './each-environment.ts';

/**
 * A rule that looks at one fleet. As with an emitter of fleets, it sees no other fleet and no route, so that what it says
 * follows from the fleet's sources alone: where they are the same and it said nothing, it need not be asked again.
 */
export type FleetCheck = (fleet: FleetModel, report: Report, around: Surroundings) => void;

/** What stands around a fleet whoever its neighbours are: part of the sources of each. */
export interface Surroundings {
  readonly environment: Pick<EnvironmentModel, 'at' | 'facts' | 'from' | 'name'>;
  readonly team: TeamModel | undefined;
}

/** Which fleets the rules of one fleet are asked about. */
export interface Asked {
  readonly of: (environment: EnvironmentModel) => Iterable<FleetModel>;
  /** Told of each fleet that a rule says something about. */
  readonly spoke: (fleet: FleetModel) => void;
}

/** Every one. */
export const EVERY_FLEET: Asked = { of: ({ fleets }) => fleets.values(), spoke: () => undefined };

/** A rule of one fleet as a rule of its environment. */
export function eachFleet(check: FleetCheck, asked: Asked = EVERY_FLEET): EnvironmentCheck {
  return (environment, report) => {
    for (const fleet of asked.of(environment)) {
      const speak: Report = (...problem) => {
        asked.spoke(fleet);
        report(...problem);
      };
      check(fleet, speak, { environment, team: environment.teams.get(fleet.team.name) });
    }
  };
}
