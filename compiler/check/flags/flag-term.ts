import { sure } from '../../../spec/contract/sure.ts';
import { dayNumber } from '../../core/days.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { flagsOf } from './flags-of.ts';

/** Flags have an end that exists and is still to come. `today` is `YYYY-MM-DD`. */
export function flagTerm(environment: EnvironmentModel, report: Report, today: string): void {
  const now = sure(dayNumber(today), 'the day of today');
  for (const { name, flag, from } of flagsOf(environment)) {
    const at = from(['expires']);
    const last = dayNumber(flag.expires);
    if (last === undefined) report('NT2055', at, { day: flag.expires });
    else if (last < now) report('NT2605', at, { flag: name, expires: flag.expires });
  }
}
