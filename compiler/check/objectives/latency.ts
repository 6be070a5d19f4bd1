import { formatPercentile, formatDuration } from '../../../spec/contract/units.ts';
import type { FleetModel, PercentileTarget } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

type Phase = 'queue' | 'run';

/** A latency target is below the timeout of its phase; one that is not can never be missed. */
export function latencyObjective(fleet: FleetModel, report: Report): void {
  check(fleet, 'assign', fleet.slo.assign, 'queue', report);
  check(fleet, 'queueWait', fleet.slo.queueWait, 'queue', report);
  check(fleet, 'run', fleet.slo.run, 'run', report);
  checkColdStart(fleet, report);
}

function check(
  fleet: FleetModel,
  field: 'assign' | 'queueWait' | 'run',
  target: PercentileTarget | undefined,
  phase: Phase,
  report: Report,
): void {
  if (target === undefined) return;
  const longest = [...fleet.accepts.values()].reduce<{ ms: number; task: string }>(
    (best, { task, timeouts }) => {
      const ms = phase === 'queue' ? timeouts.queueMs : timeouts.runMs;
      return ms > best.ms ? { ms, task } : best;
    },
    { ms: 0, task: '' },
  );
  if (target.boundMs < longest.ms) return;
  const params = {
    fleet: fleet.id,
    field,
    target: formatPercentile(target),
    phase,
    timeout: formatDuration(longest.ms),
  };
  report('NT2524', fleet.from(['slo', field]), params, {
    related: [
      {
        message: `the longest ${phase} timeout, of \`${longest.task}\``,
        at: fleet.from(['accepts', longest.task, 'timeouts', phase]),
      },
    ],
  });
}

/** Only for a target that somebody wrote: the default is the scheduler's promise for agents that are there. */
function checkColdStart(fleet: FleetModel, report: Report): void {
  if (fleet.scale.min > 0) return;
  const at = fleet.from(['slo', 'assign']);
  if (at === fleet.at || at.path.at(-1) !== 'assign') return;
  report(
    'NT2525',
    at,
    { fleet: fleet.id, target: formatPercentile(fleet.slo.assign) },
    {
      related: [{ message: 'it may have no agents', at: fleet.from(['scale', 'min']) }],
    },
  );
}
