import type { EnvironmentModel, TeamModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { compareText } from '../../../spec/contract/text.ts';

/** Whoever submits stands for one team only: the scheduler takes the tenant from the account. */
export function submitters(environment: EnvironmentModel, report: Report): void {
  const teams = [...environment.teams.values()].sort((a, b) => compareText(a.name, b.name));
  const namespaces = new Map([...environment.fleets.values()].map((fleet) => [fleet.namespace, fleet]));
  const first = new Map<string, TeamModel>();
  for (const team of teams) {
    for (const [index, account] of team.submitters.entries()) {
      const namespace = account.split('/', 1)[0] ?? '';
      const at = team.from(['submitters', index]);
      const fleet = namespaces.get(namespace);
      const other = first.get(account);
      if (fleet !== undefined) {
        const related = [{ message: 'the fleet', at: fleet.at }];
        report('NT4013', at, { account, team: team.name, other: `fleet \`${fleet.id}\`` }, { related });
      } else if (namespace.startsWith('nova-torch-')) {
        report('NT4013', at, { account, team: team.name, other: 'the platform' });
      } else if (other !== undefined) {
        const related = [{ message: 'the other team', at: other.from(['submitters'], 'key') }];
        report('NT4013', at, { account, team: team.name, other: `team \`${other.name}\`` }, { related });
      } else first.set(account, team);
    }
  }
}
