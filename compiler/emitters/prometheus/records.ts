import { formatDuration } from '../../../spec/contract/units.ts';
import type { Objective } from '../../core/objective.ts';
import { join, number, over, recorded, stepped } from '../../core/promql/promql.ts';
import type { Query } from '../../core/promql/promql.ts';
import { rounded, sloSeries } from '../../core/slo-series.ts';
import type { Recording } from './rule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Windows that look at the events themselves. */
const RAW = ['5m', '30m', '1h'];

/** Longer ones add up what was recorded, step by step: a month of events is never read again. */
const SUMMED_SHORT = [
  { name: '2h', windowMs: 2 * HOUR, stepMs: 5 * MINUTE },
  { name: '6h', windowMs: 6 * HOUR, stepMs: 5 * MINUTE },
];
const SUMMED_LONG = [
  { name: '1d', windowMs: 24 * HOUR, stepMs: HOUR },
  { name: '3d', windowMs: 72 * HOUR, stepMs: HOUR },
];

interface Summed {
  readonly name: string;
  readonly windowMs: number;
  readonly stepMs: number;
}

/** What is recorded of an objective every half minute. */
export function shortRecordings(objective: Objective): readonly Recording[] {
  return [
    ...RAW.flatMap((name) => recordingsOf(objective, name, objective.bad(name), objective.total(name))),
    ...SUMMED_SHORT.flatMap((window) => summed(objective, window)),
  ];
}

/** What moves slowly and looks far back. */
export function longRecordings(objective: Objective): readonly Recording[] {
  const { target, windowMs } = objective;
  const spent = join(recorded(sloSeries.ratio('period'), labelsOf(objective)), '/', rounded(1 - target));
  return [
    ...[...SUMMED_LONG, { name: 'period', windowMs, stepMs: HOUR }].flatMap((window) => summed(objective, window)),
    recording(objective, sloSeries.budget, join(number(1), '-', spent)),
  ];
}

/** The mean rate of a window. Steps without a value count as nothing, so a young series is not taken for an old one. */
function summed(objective: Objective, { name, windowMs, stepMs }: Summed): readonly Recording[] {
  const step = formatDuration(stepMs);
  const mean = (of: string) =>
    join(
      over('sum_over_time', recorded(of, labelsOf(objective)), stepped(formatDuration(windowMs), step)),
      '/',
      windowMs / stepMs,
    );
  return recordingsOf(objective, name, mean(sloSeries.bad(step)), mean(sloSeries.total(step)));
}

/**
 * How many were bad, how many there were, and their share. Sums are divided, ratios never averaged: an hour with one task
 * does not weigh as much as an hour with a thousand.
 */
function recordingsOf(objective: Objective, name: string, badQuery: Query, totalQuery: Query): readonly Recording[] {
  const labels = labelsOf(objective);
  const share = join(recorded(sloSeries.bad(name), labels), '/', join(recorded(sloSeries.total(name), labels), '>', 0));
  return [
    recording(objective, sloSeries.bad(name), badQuery),
    recording(objective, sloSeries.total(name), totalQuery),
    recording(objective, sloSeries.ratio(name), share),
  ];
}

function recording(objective: Objective, record: string, query: Query): Recording {
  return { record, query, labels: labelsOf(objective), at: objective.at };
}

export function labelsOf({ slo, fleet }: Objective): { readonly slo: string; readonly fleet?: string } {
  return fleet === undefined ? { slo } : { fleet, slo };
}
