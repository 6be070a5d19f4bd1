import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { flagsIn } from '../flags/flags-of.ts';
import type { Surroundings } from '../fleet-check.ts';

/** Who answers for a flag is one of the team's owners. */
export function flagOwner(fleet: FleetModel, report: Report, around: Surroundings): void {
  for (const { flag, from } of flagsIn(fleet)) {
    if (fleet.team.owners.includes(flag.owner)) continue;
    const team = sure(around.team, 'the team of a fleet');
    const related = [{ message: 'the owners of the team', at: team.from(['owners'], 'key') }];
    report('NT4009', from(['owner']), { owner: flag.owner, team: team.name }, { related });
  }
}
