import type { EnvironmentModel } from '../../core/model.ts';
import { dashboardUid } from '../../core/names.ts';
import { aggregate, counter, gauge, recorded } from '../../core/promql/promql.ts';
import { sloSeries } from '../../core/slo-series.ts';
import { series } from '../../core/series.ts';
import { aboutEnvironment } from './about.ts';
import { AGENTS, BUDGET } from './colours.ts';
import { nothing } from './dashboard.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import { perSecond, view } from './panels.ts';

const fleet = { variable: 'fleet' };

/** The environment on one page: who breaks a promise, what is on fire, what is going on. */
export function overviewDashboard(environment: EnvironmentModel): Dashboard {
  return {
    uid: dashboardUid('overview'),
    title: `Nova / Overview / ${environment.name}`,
    tags: ['nova-torch', 'overview'],
    variables: [{ name: 'fleet', label: 'Fleet', of: gauge('nova_agents') }],
    links: [
      { title: 'Scheduler', url: `/d/${dashboardUid('scheduler')}` },
      { title: 'Delivery', url: `/d/${dashboardUid('delivery')}` },
      { title: 'Telemetry', url: `/d/${dashboardUid('telemetry')}` },
    ],
    rows: [
      { title: 'Promises', panels: promises() },
      { title: 'Work', panels: work() },
      { title: 'Agents', panels: agents() },
      aboutEnvironment(environment),
    ],
  };
}

function promises(): readonly Panel[] {
  const by = ['fleet', 'slo'];
  const column = (record: string) => aggregate('max', recorded(record, { fleet }), by);
  return [
    {
      kind: 'table',
      title: 'Fleets and their promises',
      description:
        'Share of bad events in the last hour and in the period, and what is left of the budget: the least first.',
      unit: 'percentunit',
      width: 16,
      limits: { base: 'text', steps: [] },
      queries: [
        { query: column(sloSeries.ratio('1h')), legend: 'last hour' },
        { query: column(sloSeries.ratio('period')), legend: 'period' },
        { query: column(sloSeries.budget), legend: 'budget left', limits: BUDGET },
      ],
      sortBy: 'budget left',
    },
    {
      kind: 'table',
      title: 'Firing alerts',
      description: 'What somebody has been told.',
      unit: 'none',
      width: 8,
      queries: [
        {
          query: aggregate(
            'count',
            gauge('ALERTS', { alertstate: 'firing', severity: { oneOf: ['page', 'ticket'] } }),
            ['alertname', 'severity', 'fleet'],
          ),
          legend: 'firing',
        },
      ],
    },
  ];
}

function work(): readonly Panel[] {
  const chart = { kind: 'timeseries', width: 8 } as const;
  return [
    {
      ...chart,
      title: 'Submitted and finished',
      description: 'Tasks a second. When the first stays above the second, queues grow.',
      unit: 'suffix:/s',
      queries: [
        { query: perSecond(counter('nova_tasks_submitted_total', { outcome: 'accepted' })), legend: 'accepted' },
        { query: aggregate('sum', recorded(series.finished.record, { fleet })), legend: 'finished' },
        { query: aggregate('sum', recorded(series.succeeded.record, { fleet })), legend: 'succeeded' },
      ],
    },
    {
      ...chart,
      title: 'Waiting',
      description: 'Tasks in the queues, by fleet.',
      unit: 'short',
      stacked: true,
      queries: [{ query: recorded(series.queueDepth.record, { fleet }), legend: '{{fleet}}' }],
    },
    {
      ...chart,
      title: 'Unaccounted tasks',
      description: 'Anything but 0 is a loss.',
      unit: 'short',
      limits: nothing,
      queries: [{ query: view(gauge('nova_ledger_unaccounted_tasks', { fleet }), ['fleet']), legend: '{{fleet}}' }],
    },
  ];
}

function agents(): readonly Panel[] {
  const chart = { kind: 'timeseries', width: 8 } as const;
  return [
    {
      ...chart,
      title: 'Agents',
      description: 'Of all chosen fleets whose agents poll, by state.',
      unit: 'short',
      stacked: true,
      colours: AGENTS,
      queries: [
        {
          query: aggregate('sum', view(gauge('nova_agents', { fleet }), ['fleet', 'state']), ['state']),
          legend: '{{state}}',
        },
      ],
    },
    {
      ...chart,
      title: 'Busy slots',
      description: 'By fleet.',
      unit: 'short',
      stacked: true,
      queries: [{ query: recorded(series.slotsBusy.record, { fleet }), legend: '{{fleet}}' }],
    },
    {
      ...chart,
      title: 'Mean run',
      description: 'Of the last hour, by fleet.',
      unit: 's',
      queries: [{ query: recorded(series.runMean.record, { fleet }), legend: '{{fleet}}' }],
    },
  ];
}
