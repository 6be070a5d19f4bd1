import type { Report } from '../../diagnostics/report.ts';
import type { Subject } from '../rule.ts';

/** A team has a fleet somewhere: a share of the company without one is never used. */
export function idleTeams({ model }: Subject, report: Report): void {
  const busy = new Set(model.environments.flatMap(({ fleets }) => [...fleets.values()].map(({ team }) => team.name)));
  const teams = new Map(model.environments.flatMap(({ teams: some }) => [...some]));
  for (const [team, { at }] of teams) if (!busy.has(team)) report('NT2056', at, { team });
}
