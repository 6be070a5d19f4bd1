import type { Report } from '../../diagnostics/report.ts';
import type { Subject } from '../rule.ts';
import { dayNumber } from '../../core/days.ts';

/** A freeze begins before it ends, on days that exist. */
export function freezes({ model }: Subject, report: Report): void {
  for (const { name, from, to } of model.company.freezes) {
    for (const [part, moment] of Object.entries({ from, to })) {
      if (dayNumber(moment) === undefined)
        report('NT2055', model.company.from(['freeze', name, part]), { day: moment.slice(0, 10) });
    }
    if (from < to) continue;
    report('NT2052', model.company.from(['freeze', name, 'to']), { name });
  }
}
