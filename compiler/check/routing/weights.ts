import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A route sends its tasks somewhere: some weight is above zero, and a zero among others is on purpose. */
export function weights(environment: EnvironmentModel, report: Report): void {
  for (const route of environment.routes) {
    const zero = route.to.filter((target) => target.weight === 0);
    if (zero.length === 0) continue;
    if (zero.length === route.to.length) report('NT5030', route.from(['to'], 'key'), { route: route.id });
    else for (const target of zero) report('NT5031', target.at, { route: route.id, fleet: target.fleet });
  }
}
