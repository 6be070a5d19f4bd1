import type { Report } from '../../diagnostics/report.ts';
import type { Subject } from '../rule.ts';

/** A freeze begins before it ends. */
export function freezes({ model }: Subject, report: Report): void {
  for (const { name, from, to } of model.company.freezes) {
    if (from < to) continue;
    report('NT2052', model.company.from(['freeze', name, 'to']), { name });
  }
}
