import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Labels that say whose an object is; what the compiler writes itself. */
const RESERVED: ReadonlySet<string> = new Set(['company', 'environment', 'fleet', 'part', 'role', 'route', 'team']);

/** A fleet's own labels say nothing that the platform says. */
export function reservedLabels(fleet: FleetModel, report: Report): void {
  for (const name of Object.keys(fleet.labels)) {
    if (!RESERVED.has(name)) continue;
    const { document } = fleet.at;
    report('NT2057', { document, path: ['metadata', 'labels', name], part: 'key' }, { name });
  }
}
