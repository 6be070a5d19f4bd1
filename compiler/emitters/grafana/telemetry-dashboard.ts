import type { EnvironmentModel } from '../../core/model.ts';
import { dashboardUid, namespaces } from '../../core/names.ts';
import { aggregate, counter, gauge } from '../../core/promql/promql.ts';
import { schedulerSeries } from '../../core/series-budget.ts';
import { atMost, nothing } from './dashboard.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import { perSecond } from './panels.ts';

/** Whether what the other dashboards show is all there is. */
export function telemetryDashboard(environment: EnvironmentModel): Dashboard {
  return {
    uid: dashboardUid('telemetry'),
    title: 'Nova / Telemetry health',
    tags: ['nova-torch', 'platform'],
    variables: [],
    links: [{ title: 'Overview', url: `/d/${dashboardUid('overview')}` }],
    rows: [
      { title: 'Traces', panels: tracePanels() },
      { title: 'Logs', panels: logPanels() },
      { title: 'Metrics', panels: metricPanels(environment) },
    ],
  };
}

const chart = { kind: 'timeseries', width: 8 } as const;

function tracePanels(): readonly Panel[] {
  return [
    {
      ...chart,
      title: 'Spans sent on',
      description: 'By exporter.',
      unit: 'suffix:/s',
      queries: [
        { query: perSecond(counter('otelcol_exporter_sent_spans_total'), ['exporter']), legend: '{{exporter}}' },
      ],
    },
    {
      ...chart,
      title: 'Spans lost',
      description: 'Refused at the door, or given up by an exporter.',
      unit: 'suffix:/s',
      limits: nothing,
      queries: [
        {
          query: perSecond(counter('otelcol_receiver_refused_spans_total'), ['receiver']),
          legend: 'refused by {{receiver}}',
        },
        {
          query: perSecond(counter('otelcol_exporter_send_failed_spans_total'), ['exporter']),
          legend: 'failed in {{exporter}}',
        },
      ],
    },
    {
      ...chart,
      title: 'Collector queue',
      description: 'Batches that wait to be sent.',
      unit: 'short',
      queries: [
        { query: aggregate('max', gauge('otelcol_exporter_queue_size'), ['exporter']), legend: '{{exporter}}' },
      ],
    },
  ];
}

function logPanels(): readonly Panel[] {
  return [
    {
      ...chart,
      width: 12,
      title: 'Records delivered',
      description: 'By output.',
      unit: 'suffix:/s',
      queries: [{ query: perSecond(counter('fluentbit_output_proc_records_total'), ['name']), legend: '{{name}}' }],
    },
    {
      ...chart,
      width: 12,
      title: 'Records lost',
      description: 'Dropped, or in chunks whose retries ran out.',
      unit: 'suffix:/s',
      limits: nothing,
      queries: [
        {
          query: perSecond(counter('fluentbit_output_dropped_records_total'), ['name']),
          legend: 'dropped by {{name}}',
        },
        {
          query: perSecond(counter('fluentbit_output_retries_failed_total'), ['name']),
          legend: 'given up by {{name}}',
        },
      ],
    },
  ];
}

function metricPanels(environment: EnvironmentModel): readonly Panel[] {
  const system = { namespace: namespaces.system };
  return [
    {
      ...chart,
      width: 12,
      title: 'Series of a scheduler',
      description:
        'Each costs time on the event loop at every scrape. Above the line are more than the spec accounts for.',
      unit: 'short',
      limits: atMost(Math.ceil(schedulerSeries(environment) * 1.1)),
      queries: [
        { query: aggregate('max', gauge('scrape_samples_post_metric_relabeling', system), ['pod']), legend: '{{pod}}' },
      ],
    },
    {
      ...chart,
      width: 12,
      title: 'Scrapes that work',
      description: 'By job.',
      unit: 'percentunit',
      max: 1,
      queries: [{ query: aggregate('avg', gauge('up'), ['job']), legend: '{{job}}' }],
    },
  ];
}
