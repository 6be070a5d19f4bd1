import { formatPercent, formatPercentile } from '../../../spec/contract/units.ts';
import type { FleetModel } from '../../core/model.ts';
import type { Report } from '../../diagnostics/report.ts';

/** The gate of a rollout asks of a new version no less than the objective promises to users. */
export function gate(fleet: FleetModel, report: Report): void {
  checkSuccess(fleet, report);
  checkRun(fleet, report);
}

function checkSuccess(fleet: FleetModel, report: Report): void {
  const { success } = fleet.rollout.gate;
  if (success === undefined || success >= fleet.slo.success) return;
  const params = {
    fleet: fleet.id,
    field: 'success',
    gate: formatPercent(success),
    objective: formatPercent(fleet.slo.success),
  };
  report('NT2526', fleet.from(['rollout', 'gate', 'success']), params, {
    related: [{ message: 'the objective', at: fleet.from(['slo', 'success']) }],
  });
}

function checkRun(fleet: FleetModel, report: Report): void {
  const { run } = fleet.rollout.gate;
  const objective = fleet.slo.run;
  if (run === undefined || objective === undefined) return;
  if (run.boundMs <= objective.boundMs || run.percentile > objective.percentile) return;
  const params = { fleet: fleet.id, field: 'run', gate: formatPercentile(run), objective: formatPercentile(objective) };
  report('NT2526', fleet.from(['rollout', 'gate', 'run']), params, {
    related: [{ message: 'the objective', at: fleet.from(['slo', 'run']) }],
  });
}
