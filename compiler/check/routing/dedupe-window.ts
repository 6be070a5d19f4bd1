import { formatDuration } from '../../../spec/contract/units.ts';
import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';
import { acceptsOf } from './capability.ts';

/** The window of `dedupe` covers one run: a shorter one lets a second task start while the first still works. */
export function dedupeWindow(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    if (route.dedupe === undefined) continue;
    const { windowMs } = route.dedupe;
    const longest = Math.max(0, ...acceptsOf(environment, route).map((accept) => accept.timeouts.runMs));
    if (windowMs >= longest) continue;
    const params = { route: route.id, window: formatDuration(windowMs), run: formatDuration(longest) };
    report('NT5052', route.from(['dedupe', 'window']), params);
  }
}
