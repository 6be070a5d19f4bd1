import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** Memory that goes with its agents is not lost just because nobody asks for work for a while. */
export function idleMemory(fleet: FleetModel, report: Report): void {
  if (fleet.memory?.keep !== 'while-deployed' || fleet.scale.min > 0) return;
  report(
    'NT2548',
    fleet.from(['memory', 'keep']),
    { fleet: fleet.id },
    {
      related: [{ message: 'it may have no agents', at: fleet.from(['scale', 'min']) }],
    },
  );
}
