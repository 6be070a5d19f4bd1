import { formatDuration } from '../../../spec/contract/units.ts';
import { BURNS, failuresMin, threshold } from '../../core/burn.ts';
import type { Burn } from '../../core/burn.ts';
import type { Objective } from '../../core/objective.ts';
import { absent, join, recorded } from '../../core/promql/promql.ts';
import { rounded, sloSeries } from '../../core/slo-series.ts';
import { burnCases } from './burn-cases.ts';
import { labelsOf } from './records.ts';
import type { Alert, Suite } from './rule.ts';

const MINUTE = 60_000;

/** An alert on a burn rate, and the share of bad events above which it fires. */
export interface BurnAlert {
  readonly burn: Burn;
  readonly alert: Alert;
  readonly limit: number;
}

/**
 * The alerts of one objective: one for each burn rate, one for a budget that is used up, one for an objective that nobody
 * measures any more. A burn rate that even a complete failure does not reach is left out; the compiler has warned of it.
 */
export function objectiveSuite(objective: Objective): Suite {
  const burns = BURNS.filter((burn) => threshold(objective.target, burn) < 1).map((burn) => ({
    burn,
    alert: burnAlert(objective, burn),
    limit: threshold(objective.target, burn),
  }));
  const [spent, unknown] = [exhausted(objective), missing(objective)];
  return {
    alerts: [...burns.map(({ alert }) => alert), spent, unknown],
    cases: burnCases(objective, burns, spent, unknown),
  };
}

function burnAlert(objective: Objective, burn: Burn): Alert {
  const labels = labelsOf(objective);
  const [long, short] = [formatDuration(burn.windowMs), formatDuration(burn.shortMs)];
  const limit = rounded(threshold(objective.target, burn));
  const above = (window: string) => join(recorded(sloSeries.ratio(window), labels), '>', limit);
  return {
    name: objective.alert,
    severity: burn.severity,
    query: join(join(above(long), 'and', above(short)), 'and', enough(objective, long, burn.windowMs)),
    forMs: burn.forMs,
    labels: { ...labels, window: long },
    summary: `Errors of the last ${long} use up the budget ${burn.burn} times too fast. Promised: ${objective.promise}`,
    at: objective.at,
  };
}

/** A few failures, however few tasks there were: below that the share says more about the traffic than about the fleet. */
function enough(objective: Objective, window: string, windowMs: number) {
  const failures = join(recorded(sloSeries.bad(window), labelsOf(objective)), '*', windowMs / 1000);
  return join(failures, '>=', failuresMin(objective.target));
}

function exhausted(objective: Objective): Alert {
  const labels = labelsOf(objective);
  const below = join(recorded(sloSeries.budget, labels), '<', 0);
  return {
    name: 'NovaBudgetExhausted',
    severity: 'ticket',
    query: join(below, 'and', enough(objective, 'period', objective.windowMs)),
    forMs: 15 * MINUTE,
    labels,
    summary: `All errors of ${formatDuration(objective.windowMs)} are used up. Promised: ${objective.promise}`,
    at: objective.at,
  };
}

function missing(objective: Objective): Alert {
  const labels = labelsOf(objective);
  return {
    name: 'NovaSliMissing',
    severity: 'page',
    query: absent(recorded(sloSeries.total('5m'), labels)),
    forMs: 10 * MINUTE,
    labels,
    summary: `Nothing is known about this promise: ${objective.promise}`,
    at: objective.at,
    withoutData: true,
  };
}
