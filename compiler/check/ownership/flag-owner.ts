import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { flagsOf } from '../flags/flags-of.ts';

/** Who answers for a flag is one of the team's owners. */
export function flagOwner(environment: EnvironmentModel, report: Report): void {
  for (const { flag, fleet, from } of flagsOf(environment)) {
    if (fleet.team.owners.includes(flag.owner)) continue;
    const team = sure(environment.teams.get(fleet.team.name), 'the team of a fleet');
    const related = [{ message: 'the owners of the team', at: team.from(['owners'], 'key') }];
    report('NT4009', from(['owner']), { owner: flag.owner, team: team.name }, { related });
  }
}
