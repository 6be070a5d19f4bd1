import type { EnvironmentModel, TeamModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Another team's fleet gets tasks or calls only where that team exports it to this one. */
export function exportsGranted(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const targets = [...route.to, ...route.fallback.map(({ to }) => to)];
    for (const { fleet, at } of targets)
      checkGrant(environment, { team: route.team, fleet, at, use: 'routes' }, report);
  }
  for (const fleet of environment.fleets.values()) {
    for (const { to, at } of fleet.calls)
      checkGrant(environment, { team: fleet.team.name, fleet: to.id, at, use: 'calls' }, report);
  }
}

interface Use {
  readonly team: string;
  /** Id of the fleet that is used. */
  readonly fleet: string;
  readonly at: Origin;
  readonly use: 'routes' | 'calls';
}

function checkGrant(environment: EnvironmentModel, { team, fleet, at, use }: Use, report: Report): void {
  const [owner = '', name = ''] = fleet.split('/');
  const granting = environment.teams.get(owner);
  if (owner === team || granting === undefined || granting.exports.get(name)?.[use].includes(team) === true) return;
  // A team that does not exist was said to, and may be this one.
  if (granting.exports.get(name)?.[use].some((other) => !environment.teams.has(other)) === true) return;
  const related = [{ message: `team \`${owner}\` says here what it offers`, at: grantPlace(granting, name) }];
  const notes = [`team \`${owner}\` can allow it with \`exports: {${name}: {${use}: [${team}]}}\``];
  report(use === 'routes' ? 'NT4001' : 'NT4002', at, { fleet, owner, team }, { related, notes });
}

function grantPlace(team: TeamModel, fleet: string): Origin {
  return team.exports.has(fleet) ? team.from(['exports', fleet], 'key') : team.at;
}
