import { metrics } from '../../spec/contract/metrics.ts';
import type { Series } from './engine.ts';

/**
 * Seven hours of a company, minute by minute, the same each time: traffic that rises and falls, and one bad hour of one
 * fleet (slow runs, failures, a queue, a lost agent). The first hour is only there for what looks back.
 */
export const END = 1_790_000_000 - (1_790_000_000 % 3600);
export const START = END - 7 * 3600;
const MINUTE = 60;

export interface SampleFleet {
  readonly id: string;
  readonly namespace: string;
  readonly routes: readonly string[];
  readonly agents: number;
  readonly slots: number;
  readonly task: string;
}

type AtMinute = (minute: number) => number;

/** Series of a fleet as the scheduler and its agents serve them. `index` makes fleets differ; `bad` is the one in trouble. */
export function fleetSeries(fleet: SampleFleet, index: number, bad: boolean): readonly Series[] {
  const { id, namespace, routes, slots, agents, task } = fleet;
  const trouble: AtMinute = (minute) => (bad ? bump(minute, 375, 24) : 0);
  const arrivals: AtMinute = (minute) =>
    (0.25 + 0.15 * (index % 4)) * (1 + 0.35 * Math.sin((minute + index * 47) / 55)) * jitter(minute, index);
  const share = 1 / routes.length;
  const failing: AtMinute = (minute) => 0.0015 + 0.13 * trouble(minute);
  const runs: AtMinute = (minute) => (6 + index) * (1 + 4 * trouble(minute)) * jitter(minute, index + 9);
  const waits: AtMinute = (minute) =>
    (0.2 + 0.1 * (index % 3)) * (1 + 60 * trouble(minute)) * jitter(minute, index + 3);
  const busy: AtMinute = (minute) => Math.min(agents * slots, arrivals(minute) * runs(minute));
  const lost: AtMinute = (minute) => (trouble(minute) > 0.6 ? 1 : 0);
  const perRoute = routes.flatMap((route) => {
    const labels = { fleet: id, route };
    const count = (name: string, more: object, rate: AtMinute) => counter(name, { ...labels, ...more }, rate);
    return [
      count('nova_tasks_submitted_total', { outcome: 'accepted' }, (m) => share * arrivals(m)),
      count('nova_tasks_submitted_total', { outcome: 'shed' }, (m) => share * 0.1 * trouble(m)),
      count('nova_tasks_finished_total', { outcome: 'succeeded' }, (m) => share * arrivals(m) * (1 - failing(m))),
      count('nova_tasks_finished_total', { outcome: 'failed' }, (m) => share * arrivals(m) * failing(m) * 0.8),
      count('nova_tasks_finished_total', { outcome: 'dead_lettered' }, (m) => share * arrivals(m) * 0.02 * trouble(m)),
      count('nova_tasks_finished_total', { outcome: 'expired' }, (m) => share * arrivals(m) * failing(m) * 0.05),
      count('nova_tasks_finished_total', { outcome: 'cancelled' }, (m) => share * arrivals(m) * 0.004),
      count('nova_task_retries_total', { reason: 'timeout' }, (m) => share * arrivals(m) * (0.004 + 0.2 * trouble(m))),
      count('nova_task_retries_total', { reason: 'agent_lost' }, (m) => share * 0.02 * trouble(m)),
      count('nova_task_retries_total', { reason: 'error' }, (m) => share * arrivals(m) * (0.006 + 0.1 * trouble(m))),
      gauge('nova_queue_depth_tasks', labels, (m) => Math.round(share * arrivals(m) * waits(m))),
      gauge('nova_queue_oldest_task_age_seconds', labels, (m) => waits(m) * 1.8),
      ...histogram(
        'nova_scheduler_assignment_duration_seconds',
        labels,
        (m) => share * arrivals(m),
        (m) => 0.004 * (1 + trouble(m)),
        0.7,
      ),
      ...histogram('nova_task_queue_wait_duration_seconds', labels, (m) => share * arrivals(m), waits, 0.9),
      ...histogram('nova_task_run_duration_seconds', labels, (m) => share * arrivals(m), runs, 0.6),
    ];
  });
  const working: AtMinute = (m) => Math.min(agents, Math.ceil(busy(m) / slots));
  const pod = (name: string, more: object, at: AtMinute) =>
    gauge(name, { namespace, pod: `${namespace}-0`, ...more }, at);
  return [
    ...perRoute,
    gauge('nova_agents', { fleet: id, state: 'busy' }, (m) => working(m) - lost(m)),
    gauge('nova_agents', { fleet: id, state: 'idle' }, (m) => agents - working(m)),
    gauge('nova_agents', { fleet: id, state: 'draining' }, () => 0),
    gauge('nova_agents', { fleet: id, state: 'lost' }, lost),
    gauge('nova_slots', { fleet: id, state: 'busy' }, (m) => Math.round(busy(m))),
    gauge('nova_slots', { fleet: id, state: 'free' }, (m) => agents * slots - Math.round(busy(m))),
    gauge('nova_ledger_unaccounted_tasks', { fleet: id }, () => 0),
    pod('nova_agent_slots', { state: 'busy' }, (m) => Math.round(busy(m))),
    pod('nova_agent_slots', { state: 'free' }, (m) => agents * slots - Math.round(busy(m))),
    counter('nova_agent_polls_total', { namespace, outcome: 'task' }, arrivals),
    counter('nova_agent_polls_total', { namespace, outcome: 'empty' }, () => agents / 30),
    counter('nova_agent_polls_total', { namespace, outcome: 'error' }, (m) => 0.05 * trouble(m)),
    ...histogram('nova_agent_handler_duration_seconds', { namespace, task }, arrivals, (m) => runs(m) * 0.95, 0.6),
    pod('kube_pod_container_status_ready', { container: 'agent' }, (m) => (lost(m) > 0 ? 0 : 1)),
    counter('kube_pod_container_status_restarts_total', { namespace, container: 'agent' }, (m) => 0.004 * trouble(m)),
    gauge('rollout_info', { namespace, name: namespace, phase: 'Healthy' }, () => 1),
  ];
}

/** A series that grows by `rate` events a second. */
export function counter(name: string, labels: object, rate: AtMinute): Series {
  let total = 0;
  return series(name, labels, (minute) => round((total += Math.max(0, rate(minute)) * MINUTE)));
}

export function gauge(name: string, labels: object, at: AtMinute): Series {
  return series(name, labels, (minute) => round(at(minute)));
}

/** Durations around `median`, spread as such times are (log-normal), counted in the declared buckets. */
export function histogram(
  name: keyof typeof metrics,
  labels: object,
  rate: AtMinute,
  median: AtMinute,
  spread: number,
): readonly Series[] {
  const { buckets = [] } = metrics[name] as { readonly buckets?: readonly number[] };
  const within = (bound: number) => (minute: number) =>
    rate(minute) * normal(Math.log(bound / median(minute)) / spread);
  return [
    ...buckets.map((bound) => counter(`${name}_bucket`, { ...labels, le: String(bound) }, within(bound))),
    counter(`${name}_bucket`, { ...labels, le: '+Inf' }, rate),
    counter(`${name}_count`, labels, rate),
    counter(`${name}_sum`, labels, (minute) => rate(minute) * median(minute) * Math.exp(spread ** 2 / 2)),
  ];
}

function series(name: string, labels: object, at: AtMinute): Series {
  const minutes = Array.from({ length: (END - START) / MINUTE + 1 }, (_, minute) => minute);
  return { labels: { __name__: name, ...labels }, points: minutes.map((m) => [START + m * MINUTE, at(m)] as const) };
}

/** A hill of height 1 around a minute. */
export function bump(minute: number, middle: number, width: number): number {
  return Math.exp(-(((minute - middle) / width) ** 2));
}

/** A number around 1 that looks like chance and is none. */
export function jitter(minute: number, seed: number): number {
  const noise = Math.sin(minute * 12.9898 + seed * 78.233) * 43758.5453;
  return 0.94 + 0.12 * (noise - Math.floor(noise));
}

/** The share of a normal distribution below `z` (Abramowitz and Stegun 7.1.26). */
function normal(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - tail * Math.exp(-(z ** 2) / 2);
  return z >= 0 ? (1 + erf) / 2 : (1 - erf) / 2;
}

function round(value: number): number {
  return Number(value.toPrecision(9));
}
