import { metrics } from '../../spec/contract/metrics.ts';
import type { FleetModel, PercentileTarget } from './model.ts';
import type { Origin } from './origin.ts';
import { stringLiteral } from './promql/literal.ts';
import { aggregate, counter, join, over, timingBuckets, timings, timingsWithin } from './promql/promql.ts';
import type { Query } from './promql/promql.ts';

/**
 * What is promised, as two counts: how many there were, and how many were bad. Alerts, dashboards and the analyses of
 * rollouts read the same recorded series.
 */
export interface Objective {
  /** Names it in the label `slo`. */
  readonly slo: string;
  /** The alert that says it is in danger. */
  readonly alert: string;
  /** Whose it is; nothing for promises of the platform. */
  readonly fleet?: string;
  /** In words: `99% of tasks are assigned within 100ms`. */
  readonly promise: string;
  /** Share 0..1 that must be good. */
  readonly target: number;
  /** Over how long it is counted. */
  readonly windowMs: number;
  /** Where the promise stands. */
  readonly at: Origin;
  readonly total: (range: string) => Query;
  readonly bad: (range: string) => Query;
  /** The series that count its events, for tests: how each grows when good and bad events happen. */
  readonly events: readonly EventSeries[];
}

/** One counted series: whether good events count in it, and whether bad ones do. */
export interface EventSeries {
  readonly series: string;
  readonly good: boolean;
  readonly bad: boolean;
}

type Timed =
  | 'nova_scheduler_assignment_duration_seconds'
  | 'nova_task_queue_wait_duration_seconds'
  | 'nova_task_run_duration_seconds';

/** What each latency objective is measured by. */
export const latencyMetrics = {
  assign: 'nova_scheduler_assignment_duration_seconds',
  queueWait: 'nova_task_queue_wait_duration_seconds',
  run: 'nova_task_run_duration_seconds',
} as const satisfies Record<string, Timed>;

type Latency = keyof typeof latencyMetrics;

const LATENCIES: readonly { readonly field: Latency; readonly slo: string; readonly alert: string; words: string }[] = [
  { field: 'assign', slo: 'assignment-latency', alert: 'NovaAssignmentLatencyBurn', words: 'tasks are assigned' },
  { field: 'queueWait', slo: 'queue-wait', alert: 'NovaQueueWaitBurn', words: 'tasks wait for an agent at most' },
  { field: 'run', slo: 'run-latency', alert: 'NovaRunLatencyBurn', words: 'attempts run' },
];

/** The promises of a fleet: success first, then the latencies that it has. Those that cannot be measured are left out. */
export function objectivesOf(fleet: FleetModel): readonly Objective[] {
  const latencies = LATENCIES.flatMap(({ field, ...names }) => {
    const target = fleet.slo[field];
    return target === undefined || !isMeasured(field, target) ? [] : [latency(fleet, field, target, names)];
  });
  return [success(fleet), ...latencies];
}

/** Whether a bound is one at which the scheduler counts. */
export function isMeasured(field: Latency, { boundMs }: PercentileTarget): boolean {
  return (metrics[latencyMetrics[field]].buckets as readonly number[]).includes(boundMs / 1000);
}

function success(fleet: FleetModel): Objective {
  const finished = (outcome: Parameters<typeof ended>[1]) => (range: string) => ended(fleet.id, outcome, range);
  return {
    slo: 'success',
    alert: 'NovaSuccessBurn',
    fleet: fleet.id,
    promise: `${shareOf(fleet.slo.success)} of tasks succeed`,
    target: fleet.slo.success,
    windowMs: fleet.slo.windowMs,
    at: fleet.from(['slo', 'success']),
    // Whoever cancels a task has not been failed by the fleet.
    total: finished({ noneOf: ['cancelled'] }),
    bad: finished({ oneOf: ['failed', 'dead_lettered', 'expired'] }),
    events: [
      { series: outcome(fleet.id, 'succeeded'), good: true, bad: false },
      { series: outcome(fleet.id, 'failed'), good: false, bad: true },
      // Cancelled ones are seen and not counted.
      { series: outcome(fleet.id, 'cancelled'), good: true, bad: true },
    ],
  };
}

function outcome(fleet: string, ended: 'succeeded' | 'failed' | 'cancelled'): string {
  return counter('nova_tasks_finished_total', { fleet, outcome: ended }).text;
}

function ended(
  fleet: string,
  outcome: { noneOf: readonly ['cancelled'] } | { oneOf: readonly ('failed' | 'dead_lettered' | 'expired')[] },
  range: string,
): Query {
  return aggregate('sum', over('rate', counter('nova_tasks_finished_total', { fleet, outcome }), range));
}

function latency(
  fleet: FleetModel,
  field: Latency,
  { percentile, boundMs }: PercentileTarget,
  { words, ...names }: { slo: string; alert: string; words: string },
): Objective {
  const metric = latencyMetrics[field];
  const seconds = boundMs / 1000;
  const all = (range: string) => aggregate('sum', over('rate', timings(metric, { fleet: fleet.id }), range));
  const within = (range: string) =>
    aggregate('sum', over('rate', timingsWithin(metric, seconds, { fleet: fleet.id }), range));
  return {
    ...names,
    fleet: fleet.id,
    promise: `${shareOf(percentile)} of ${words} ${field === 'queueWait' ? '' : 'within '}${seconds} s`,
    target: percentile,
    windowMs: fleet.slo.windowMs,
    at: fleet.from(['slo', field]),
    total: all,
    bad: (range) => join(all(range), '-', within(range)),
    events: [
      { series: timings(metric, { fleet: fleet.id }).text, good: true, bad: true },
      { series: bucketSeries(metric, fleet.id, seconds), good: true, bad: false },
    ],
  };
}

/** The series of one bucket, as the scheduler writes it. */
function bucketSeries(metric: Timed, fleet: string, seconds: number): string {
  return timingBuckets(metric, { fleet }).text.replace(/\}$/, `,le=${stringLiteral(String(seconds))}}`);
}

/** 0.999 -> `99.9%`. */
function shareOf(share: number): string {
  return `${Math.round(share * 1e6) / 1e4}%`;
}
