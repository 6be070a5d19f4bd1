import type { Report } from '../../diagnostics/report.ts';
import type { Subject } from '../rule.ts';
import { dayNumber } from '../../core/days.ts';

/** A freeze begins before it ends, on days that exist, and is taken out of the spec when it is over. */
export function freezes({ model, today }: Subject, report: Report): void {
  for (const { name, from, to } of model.company.freezes) {
    for (const [part, moment] of Object.entries({ from, to })) {
      if (dayNumber(moment) === undefined)
        report('NT2055', model.company.from(['freeze', name, part]), { day: moment.slice(0, 10) });
    }
    if (from >= to) report('NT2052', model.company.from(['freeze', name, 'to']), { name });
    else if (to.slice(0, 10) < today)
      report('NT2058', model.company.from(['freeze', name, 'to']), { name, day: to.slice(0, 10) });
  }
}
