import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** No two fleets get the same namespace after long names were cut. */
export function derivedNames(environment: EnvironmentModel, report: Report): void {
  const byNamespace = new Map<string, FleetModel>();
  for (const fleet of environment.fleets.values()) {
    const first = byNamespace.get(fleet.namespace);
    if (first === undefined) byNamespace.set(fleet.namespace, fleet);
    else {
      const related = [{ message: `\`${first.id}\` has it already`, at: first.at }];
      report('NT2030', fleet.at, { fleet: fleet.id, namespace: fleet.namespace }, { related });
    }
  }
}
