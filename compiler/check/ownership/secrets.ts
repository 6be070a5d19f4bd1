import type { EnvironmentModel, FleetModel, TeamModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import type { Report } from '../../diagnostics/report.ts';
import type { Surroundings } from '../fleet-check.ts';

/** Mounts of the server itself: nothing there is a secret of a team. */
const RESERVED_MOUNTS: ReadonlySet<string> = new Set(['auth', 'cubbyhole', 'identity', 'sys']);

/** A team reads secrets below its own prefixes and nowhere else. */
export function secretPrefix(fleet: FleetModel, report: Report, { team }: Surroundings): void {
  for (const [name, { path }] of fleet.secrets)
    checkPath(path, () => fleet.from(['secrets', name, 'path']), team, report);
}

/** Nor do the providers and tool servers that it declares, for all who use them. */
export function sharedSecretPrefix(environment: EnvironmentModel, report: Report): void {
  for (const documents of [environment.providers, environment.toolServers]) {
    for (const [id, { facts, from }] of documents) {
      if (facts.secret === undefined) continue;
      const at = () => from(['secret', 'path']);
      if (isReserved(facts.secret.path)) report('NT4004', at(), { mount: mountOf(facts.secret.path) });
      else if (id.includes('/')) {
        const [team = ''] = id.split('/');
        checkPath(facts.secret.path, at, environment.teams.get(team), report);
      }
    }
  }
}

function checkPath(path: string, at: () => Origin, team: TeamModel | undefined, report: Report): void {
  if (isReserved(path)) {
    report('NT4004', at(), { mount: mountOf(path) });
    return;
  }
  if (team === undefined || team.secretPrefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))
    return;
  const allowed = team.secretPrefixes.map((prefix) => `\`${prefix}\``).join(', ');
  const related =
    team.secretPrefixes.length === 0
      ? [{ message: 'the team has no `secretPrefixes`', at: team.at }]
      : [{ message: `the team may read below ${allowed}`, at: team.from(['secretPrefixes'], 'key') }];
  report('NT4003', at(), { path, team: team.name }, { related });
}

function isReserved(path: string): boolean {
  return RESERVED_MOUNTS.has(mountOf(path));
}

function mountOf(path: string): string {
  const [mount = ''] = path.split('/');
  return mount;
}
