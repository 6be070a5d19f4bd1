import { metrics } from '../../../spec/contract/metrics.ts';
import { formatDuration, formatPercentile } from '../../../spec/contract/units.ts';
import type { FleetModel } from '../../core/model.ts';
import { isMeasured, latencyMetrics } from '../../core/objective.ts';
import type { Report } from '../../diagnostics/report.ts';

/**
 * A latency target stands on a bound at which the scheduler counts. Between two bounds nobody knows how many tasks were
 * slower: the alert would be wrong by whatever happened in between.
 */
export function measuredObjective(fleet: FleetModel, report: Report): void {
  for (const field of ['assign', 'queueWait', 'run'] as const) check(fleet, field, report);
}

function check(fleet: FleetModel, field: keyof typeof latencyMetrics, report: Report): void {
  const target = fleet.slo[field];
  if (target === undefined || isMeasured(field, target)) return;
  const bounds = metrics[latencyMetrics[field]].buckets.map((seconds) => seconds * 1000);
  const below = bounds.filter((bound) => bound < target.boundMs).at(-1);
  const above = bounds.find((bound) => bound > target.boundMs);
  const nearest = [below, above].filter((bound) => bound !== undefined).map(written);
  report('NT2527', fleet.from(['slo', field]), {
    fleet: fleet.id,
    field,
    target: formatPercentile(target),
    nearest: nearest.join(' and '),
  });
}

/** Bounds below a millisecond are no whole number of the language's units; nobody can ask for them. */
function written(ms: number): string {
  return Number.isInteger(ms) ? formatDuration(ms) : `${ms}ms`;
}
