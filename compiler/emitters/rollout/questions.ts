import type { JsonPath } from '../../../spec/contract/source.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { gateOf } from '../../core/hand-over.ts';
import type { FleetModel, PercentileTarget } from '../../core/model.ts';
import { isMeasured } from '../../core/objective.ts';
import { join, quantile, recorded } from '../../core/promql/promql.ts';
import type { Query } from '../../core/promql/promql.ts';
import { series } from '../../core/series.ts';
import { rounded, sloSeries } from '../../core/slo-series.ts';

/** A value that must not be above `limit`. */
export interface Question {
  readonly name: string;
  readonly query: Query;
  readonly limit: number;
  /** Where the limit was written. */
  readonly at: JsonPath;
}

/** The shortest window that is recorded: a new version shows itself soon. */
const WINDOW = '5m';
/** Events a second that make two in the window. One failure is no evidence, and with one event nothing is judged. */
const FEW = 0.005;

/**
 * What a gate asks: the series that are recorded of the fleet's objectives, so that a rollout, an alert and a panel never
 * disagree. They count the whole fleet, both versions together: what its users see, and what was promised to them.
 */
export function questionsOf({ fleet }: FleetContext): readonly Question[] {
  const { success, run } = gateOf(fleet);
  const { gate } = fleet.rollout;
  return [
    {
      name: 'success',
      query: failedShare(fleet, 'success'),
      limit: rounded(1 - success),
      at: gate.success === undefined ? ['slo', 'success'] : ['rollout', 'gate', 'success'],
    },
    ...(run === undefined
      ? []
      : [{ name: 'run', ...runQuestion(fleet, run), at: gate.run === undefined ? ['slo', 'run'] : GATE_RUN }]),
  ];
}

const GATE_RUN = ['rollout', 'gate', 'run'];

/** At the bound of the objective its own series answers; at another one the recorded times of runs do. */
function runQuestion(fleet: FleetModel, { percentile, boundMs }: PercentileTarget): Pick<Question, 'query' | 'limit'> {
  const { run } = fleet.slo;
  if (run?.boundMs === boundMs && isMeasured('run', run))
    return { query: failedShare(fleet, 'run-latency'), limit: rounded(1 - percentile) };
  const finished = recorded(series.finished.record, { fleet: fleet.id });
  const time = quantile(percentile, recorded(series.runBuckets.record, { fleet: fleet.id }));
  const judged = join(time, 'and', join(finished, '>', FEW));
  return { query: join(judged, 'or', join(finished, '*', 0)), limit: boundMs / 1000 };
}

/** The share that failed, 0 where too few did to judge, and nothing at all where nothing is recorded. */
function failedShare(fleet: FleetModel, slo: string): Query {
  const of = (name: (window: string) => string) => recorded(name(WINDOW), { fleet: fleet.id, slo });
  const judged = join(of(sloSeries.ratio), 'and', join(of(sloSeries.bad), '>', FEW));
  return join(judged, 'or', join(of(sloSeries.total), '*', 0));
}
