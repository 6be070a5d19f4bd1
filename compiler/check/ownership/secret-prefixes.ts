import type { EnvironmentModel, TeamModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** No team's secrets reach into those of another team. */
export function secretPrefixes(environment: EnvironmentModel, report: Report): void {
  const teams = [...environment.teams.values()];
  for (const team of teams) {
    team.secretPrefixes.forEach((path, index) => {
      const other = teams.find(
        (each) => each !== team && each.secretPrefixes.some((prefix) => isInner(path, prefix, team, each)),
      );
      if (other === undefined) return;
      const related = [{ message: 'the other team', at: other.from(['secretPrefixes'], 'key') }];
      const at = team.from(['secretPrefixes', index]);
      report('NT4012', at, { path, team: team.name, other: other.name }, { related });
    });
  }
}

/** Of two that are equal the later team is told. */
function isInner(path: string, prefix: string, team: TeamModel, other: TeamModel): boolean {
  return path === prefix ? other.name < team.name : path.startsWith(`${prefix}/`);
}
