import { route as decide } from '../../../spec/contract/match.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { inputFaults } from './input-faults.ts';
import { compiledTable } from './prepared.ts';

/** What a schedule submits is what the fleets that its route leads to accept. */
export function scheduleInput(environment: EnvironmentModel, report: Report): void {
  const table = environment.schedules.size === 0 ? undefined : compiledTable(environment);
  if (table === undefined) return;
  for (const schedule of environment.schedules.values()) {
    const { task, team, labels, input } = schedule;
    const { candidates } = decide(table, { task, tenant: team, labels, input });
    const fleets = candidates.map(({ fleet }) => fleet);
    for (const { fleet, schema, path, reasons } of inputFaults(environment, fleets, task, input)) {
      const related = [{ message: `\`${fleet}\` accepts \`${schema.file}\``, at: schema.at }];
      report(
        'NT5071',
        schedule.from(['input', ...path]),
        { schedule: schedule.id, fleet },
        { notes: reasons, related },
      );
    }
  }
}
