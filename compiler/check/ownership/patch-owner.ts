import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Who answers for a patch is one of the team's owners. */
export function patchOwner(environment: EnvironmentModel, report: Report): void {
  for (const patch of environment.patches) {
    const team = environment.teams.get(patch.team);
    if (team === undefined || team.facts.owners.includes(patch.owner)) continue;
    const related = [{ message: 'the owners of the team', at: team.from(['owners'], 'key') }];
    report('NT4009', patch.from(['owner']), { owner: patch.owner, team: patch.team }, { related });
  }
}
