import type { EnvironmentModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** A canary is judged on tasks, so a route has to send its fleet some. */
export function canaryTraffic(environment: EnvironmentModel, report: Report): void {
  const fed = new Set<string>();
  for (const route of environment.routes) {
    // That a route has no weight but zeros is said of the route.
    const isOff = route.to.every(({ weight }) => weight === 0);
    for (const target of route.to) if (target.weight > 0 || isOff) fed.add(target.fleet);
  }
  for (const fleet of environment.fleets.values()) {
    if (fleet.rollout.strategy !== 'canary' || fed.has(fleet.id)) continue;
    report('NT5032', fleet.from(['rollout', 'strategy']), { fleet: fleet.id });
  }
}
