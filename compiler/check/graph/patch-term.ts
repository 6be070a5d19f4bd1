import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { dayNumber } from '../../core/days.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** Patches have an end that exists and is still to come; how far away it may be is asked where they are applied. `today` is `YYYY-MM-DD`. */
export function patchTerm({ patches }: EnvironmentModel, report: Report, today: string): void {
  const now = sure(dayNumber(today), 'the day of today');
  for (const patch of patches) {
    const at = patch.from(['expires']);
    const last = dayNumber(patch.expires);
    if (last === undefined) report('NT2055', at, { day: patch.expires });
    else if (last < now) {
      // Whoever reads this is often not who wrote it.
      const notes = [`${patch.owner} answers for it: ${patch.reason}`];
      report('NT6020', at, { patch: patch.id, expires: patch.expires }, { notes });
    }
  }
}
