import { metrics } from '../../spec/contract/metrics.ts';
import type { Series } from './engine.ts';
import { bump, counter, gauge, histogram, jitter } from './sample.ts';

const NAMESPACE = 'nova-torch-system';
const PODS = ['nova-torch-scheduler-0', 'nova-torch-scheduler-1'];
/** The minute in which a new routing table was rolled out. */
const RELEASE = 150;

/** Series of the scheduler itself, and of what runs around it. */
export function platformSeries(): readonly Series[] {
  return [
    ...PODS.flatMap((pod, index) => replicaSeries(pod, index)),
    ...canary(),
    ...breakers(),
    ...delivery(),
    ...telemetry(),
  ];
}

function replicaSeries(pod: string, index: number): readonly Series[] {
  const at = { namespace: NAMESPACE, pod, job: 'nova-torch-scheduler' };
  const operations = metrics.nova_store_operation_duration_seconds.labels.operation;
  return [
    gauge('nova_scheduler_leader', at, () => (index === 0 ? 1 : 0)),
    gauge('up', at, () => 1),
    gauge('nova_journal_size_bytes', at, (m) => 2 ** 28 * (1 + ((m + index * 90) % 180) / 60)),
    gauge('nodejs_eventloop_lag_p99_seconds', at, (m) => 0.011 * jitter(m, index) + 0.02 * bump(m, 375, 20)),
    gauge('process_resident_memory_bytes', at, (m) => (180 + 12 * Math.sin(m / 40 + index)) * 2 ** 20),
    gauge('scrape_duration_seconds', at, (m) => 0.018 * jitter(m, index + 5)),
    gauge('scrape_samples_post_metric_relabeling', at, () => 1_610),
    gauge('nova_build_info', { ...at, version: '0.1.0' }, () => 1),
    ...table(at),
    ...histogram(
      'nova_journal_sync_duration_seconds',
      at,
      () => 12,
      (m) => 0.0011 * jitter(m, index),
      0.5,
    ),
    ...operations.flatMap((operation, number) =>
      histogram(
        'nova_store_operation_duration_seconds',
        { ...at, operation },
        () => 4 / (number + 1),
        (m) => (0.0006 + 0.0002 * number) * jitter(m, number) * (1 + 2 * bump(m, 375, 25)),
        0.5,
      ),
    ),
  ];
}

/** Before the release one table runs, afterwards another. */
function table(at: object): readonly Series[] {
  const info = (spec_hash: string) => gauge('nova_spec_info', { ...at, spec_hash, env: 'prod' }, () => 1);
  const [before, after] = [info('4f1c09ab'), info('9a83d27e')];
  return [
    { ...before, points: before.points.slice(0, RELEASE) },
    { ...after, points: after.points.slice(RELEASE) },
  ];
}

/** Applications of Argo CD; one of them is brought up to date at the release. */
function delivery(): readonly Series[] {
  const application = (name: string, project: string, synced: (minute: number) => boolean) =>
    ['Synced', 'OutOfSync'].map((sync_status) => {
      const info = gauge('argocd_app_info', { name, project, sync_status, health_status: 'Healthy' }, () => 1);
      return { ...info, points: info.points.filter((_, minute) => synced(minute) === (sync_status === 'Synced')) };
    });
  return [
    ...application('platform', 'platform', (m) => m < RELEASE - 4 || m > RELEASE + 3),
    ...['data', 'engineering', 'quality', 'research', 'support'].flatMap((team) => application(team, team, () => true)),
  ].filter(({ points }) => points.length > 0);
}

/** Collectors and Fluent Bit: a queue that fills while the search engine is slow, and nothing lost. */
function telemetry(): readonly Series[] {
  const log = { name: 'es.0', job: 'fluent-bit' };
  return [
    counter('otelcol_exporter_sent_spans_total', { exporter: 'otlp/sampler', job: 'otel' }, (m) => 38 * jitter(m, 1)),
    counter('otelcol_exporter_sent_spans_total', { exporter: 'jaeger_storage', job: 'otel' }, (m) => 9 * jitter(m, 2)),
    counter('otelcol_exporter_send_failed_spans_total', { exporter: 'jaeger_storage', job: 'otel' }, () => 0),
    counter('otelcol_receiver_refused_spans_total', { receiver: 'otlp', job: 'otel' }, () => 0),
    gauge('otelcol_exporter_queue_size', { exporter: 'jaeger_storage', job: 'otel' }, (m) =>
      Math.round(3 + 40 * bump(m, 375, 12)),
    ),
    counter('fluentbit_output_proc_records_total', log, (m) => 120 * jitter(m, 4)),
    counter('fluentbit_output_dropped_records_total', log, () => 0),
    counter('fluentbit_output_retries_failed_total', log, () => 0),
  ];
}

function canary(): readonly Series[] {
  const tasks = (outcome: string, rate: (minute: number) => number) =>
    counter('nova_canary_tasks_total', { outcome }, rate);
  return [
    tasks('ok', (m) => 1 / 15 - 0.004 * bump(m, 375, 15)),
    tasks('late', (m) => 0.004 * bump(m, 375, 15)),
    tasks('failed', () => 0),
  ];
}

function breakers(): readonly Series[] {
  const open = (minute: number) => minute > 362 && minute < 388;
  const state = (dependency: string, name: string, on: (minute: number) => boolean) =>
    gauge('nova_circuit_breaker_state', { dependency, state: name }, (m) => (on(m) ? 1 : 0));
  return [
    state('store', 'closed', () => true),
    state('store', 'open', () => false),
    state('store', 'half_open', () => false),
    state('provider:vendor-a', 'closed', (m) => !open(m)),
    state('provider:vendor-a', 'open', open),
    state('provider:vendor-a', 'half_open', (m) => m >= 388 && m < 392),
  ];
}
