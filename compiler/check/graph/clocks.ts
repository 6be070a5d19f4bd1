import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import type { Origin } from '../../core/origin.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Report } from '../../diagnostics/report.ts';
import { cronProblem } from '../../core/cron.ts';
import { timeZones } from '../../core/time-zones.ts';

/** What runs by the clock runs some day, in a time zone that exists. */
export function clocks(environment: EnvironmentModel, report: Report): void {
  for (const { cron, tz, from } of environment.schedules.values()) check(cron, tz, (field) => from([field]), report);
}

/** And so does what a fleet is larger for. */
export function scaleClocks({ scale, from }: FleetModel, report: Report): void {
  scale.schedule.forEach(({ cron, tz }, index) => {
    check(cron, tz, (field) => from(['scale', 'schedule', index, field]), report);
  });
}

function check(cron: string, tz: string, at: (field: 'cron' | 'tz') => Origin, report: Report): void {
  const problem = cronProblem(cron);
  if (problem !== undefined) report('NT2053', at('cron'), { cron, problem });
  if (timeZones().has(tz)) return;
  const meant = nearest(tz, timeZones());
  report('NT2054', at('tz'), { tz }, meant === undefined ? {} : { label: `did you mean \`${meant}\`?` });
}
