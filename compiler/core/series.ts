import { codePointOf } from '../../spec/contract/text.ts';

/**
 * Series that rules record and that scalers, rollouts and panels read: each question about a fleet has one answer, whoever
 * asks. `fleet` is the fleet's id.
 *
 * Refused: queries over the raw metrics in each reader. They drift apart, and each evaluation reads a sample for each
 * replica and bucket again.
 */
export interface RecordedSeries {
  readonly record: string;
  readonly expr: string;
}

export const series = {
  /** Tasks that wait. A view: each replica says the same. */
  queueDepth: {
    record: 'nova_fleet:queue_depth:tasks',
    expr: 'sum by (fleet) (max by (fleet, route) (nova_queue_depth_tasks))',
  },
  /** Slots that are busy. A view. */
  slotsBusy: {
    record: 'nova_fleet:slots_busy:slots',
    expr: 'max by (fleet) (nova_slots{state="busy"})',
  },
  /** Mean seconds of a run in the last hour; nothing when nothing ran. */
  runMean: {
    record: 'nova_fleet:run_duration_seconds:mean1h',
    expr: 'sum by (fleet) (rate(nova_task_run_duration_seconds_sum[1h])) / (sum by (fleet) (rate(nova_task_run_duration_seconds_count[1h])) > 0)',
  },
  /** Runs a second by their bounds. */
  runBuckets: {
    record: 'nova_fleet:run_duration_seconds_bucket:rate5m',
    expr: 'sum by (fleet, le) (rate(nova_task_run_duration_seconds_bucket[5m]))',
  },
  /** Tasks a second that reached their end; those that somebody cancelled say nothing about a fleet. */
  finished: {
    record: 'nova_fleet:tasks_finished:rate5m',
    expr: 'sum by (fleet) (rate(nova_tasks_finished_total{outcome!="cancelled"}[5m]))',
  },
  /** The same for tasks that succeeded. */
  succeeded: {
    record: 'nova_fleet:tasks_succeeded:rate5m',
    expr: 'sum by (fleet) (rate(nova_tasks_finished_total{outcome="succeeded"}[5m]))',
  },
} as const satisfies Record<string, RecordedSeries>;

/** The series of one fleet, as PromQL. */
export function ofFleet({ record }: RecordedSeries, fleet: string): string {
  return `${record}{fleet=${promText(fleet)}}`;
}

/**
 * A text as a PromQL literal that nothing leaves: whatever is not plainly harmless becomes an escape, also braces, which
 * templates around a query would read.
 */
export function promText(text: string): string {
  const escaped = Array.from(text, (sign) =>
    /^[A-Za-z0-9 _./:-]$/.test(sign) ? sign : `\\U${codePointOf(sign).toString(16).padStart(8, '0')}`,
  );
  return `"${escaped.join('')}"`;
}
