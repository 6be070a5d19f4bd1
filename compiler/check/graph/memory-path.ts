import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Where the pod has something mounted already, or the system lives. */
const TAKEN = ['/tmp', '/etc', '/proc', '/sys', '/dev', '/bin', '/sbin', '/lib', '/usr', '/var/run'];

/** The memory volume hides nothing that the agent needs. */
export function memoryPath(fleet: FleetModel, report: Report): void {
  const path = fleet.memory?.path;
  const taken = TAKEN.find((folder) => path === folder || path?.startsWith(`${folder}/`));
  if (path !== undefined && taken !== undefined) report('NT2044', fleet.from(['memory', 'path']), { path, taken });
}
