import type { Metric } from '../../spec/contract/metrics.ts';

/** Who serves a metric that is not ours. */
type ForeignSource = 'prometheus' | 'nodejs' | 'collector' | 'fluent-bit' | 'argo-cd' | 'kubernetes' | 'rollouts';

interface ForeignMetric extends Omit<Metric, 'from' | 'labels' | 'view' | 'inspect'> {
  readonly from: ForeignSource;
  /** Only the labels that something generated names. */
  readonly labels: Readonly<Record<string, readonly string[] | 'spec' | 'build'>>;
}

/** Labels that Prometheus or the monitors add to everything they scrape. */
export const TARGET_LABELS = ['namespace', 'pod', 'job', 'instance'] as const;

/** Metrics of others that generated rules and panels read. Nothing generated may name one that does not stand here. */
export const foreignMetrics = {
  up: { type: 'gauge', unit: 'flag', help: 'Whether the last scrape worked', from: 'prometheus', labels: {} },
  scrape_samples_post_metric_relabeling: {
    type: 'gauge',
    unit: 'samples',
    help: 'Samples of one scrape that were kept',
    from: 'prometheus',
    labels: {},
  },
  scrape_duration_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How long one scrape took',
    from: 'prometheus',
    labels: {},
  },
  ALERTS: {
    type: 'gauge',
    unit: 'flag',
    help: 'Alerts, pending and firing',
    from: 'prometheus',
    labels: {
      alertname: 'build',
      alertstate: ['pending', 'firing'],
      severity: ['page', 'ticket', 'none'],
      fleet: 'spec',
      slo: 'build',
      window: 'build',
    },
  },
  nodejs_eventloop_lag_p99_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How late the event loop runs',
    from: 'nodejs',
    labels: {},
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Memory of the process',
    from: 'nodejs',
    labels: {},
  },
  otelcol_exporter_send_failed_spans_total: {
    type: 'counter',
    unit: 'count',
    help: 'Spans that an exporter gave up',
    from: 'collector',
    labels: { exporter: 'build' },
  },
  otelcol_exporter_sent_spans_total: {
    type: 'counter',
    unit: 'count',
    help: 'Spans that were sent on',
    from: 'collector',
    labels: { exporter: 'build' },
  },
  otelcol_receiver_refused_spans_total: {
    type: 'counter',
    unit: 'count',
    help: 'Spans that were turned away at the door',
    from: 'collector',
    labels: { receiver: 'build' },
  },
  otelcol_exporter_queue_size: {
    type: 'gauge',
    unit: 'count',
    help: 'Batches that wait to be sent',
    from: 'collector',
    labels: { exporter: 'build' },
  },
  fluentbit_output_dropped_records_total: {
    type: 'counter',
    unit: 'count',
    help: 'Log records given up',
    from: 'fluent-bit',
    labels: { name: 'build' },
  },
  fluentbit_output_retries_failed_total: {
    type: 'counter',
    unit: 'count',
    help: 'Chunks whose retries ran out',
    from: 'fluent-bit',
    labels: { name: 'build' },
  },
  fluentbit_output_proc_records_total: {
    type: 'counter',
    unit: 'count',
    help: 'Log records delivered',
    from: 'fluent-bit',
    labels: { name: 'build' },
  },
  argocd_app_info: {
    type: 'gauge',
    unit: 'flag',
    help: 'Always 1; says how an application is',
    from: 'argo-cd',
    labels: { name: 'spec', sync_status: 'build', health_status: 'build', project: 'spec' },
  },
  rollout_info: {
    type: 'gauge',
    unit: 'flag',
    help: 'Always 1; says in which phase a rollout is',
    from: 'rollouts',
    labels: { name: 'spec', phase: 'build' },
  },
  kube_pod_container_status_ready: {
    type: 'gauge',
    unit: 'flag',
    help: 'Whether a container is ready',
    from: 'kubernetes',
    labels: { container: 'spec' },
  },
  kube_pod_container_status_restarts_total: {
    type: 'counter',
    unit: 'count',
    help: 'Restarts of a container',
    from: 'kubernetes',
    labels: { container: 'spec' },
  },
} as const satisfies Record<string, ForeignMetric>;
