import type { EnvironmentModel } from '../../core/model.ts';
import { journalAlarmBytes } from '../../core/journal-bytes.ts';
import { dashboardUid, namespaces } from '../../core/names.ts';
import { aggregate, counter, gauge, timingBuckets, over, quantile } from '../../core/promql/promql.ts';
import { CANARY, SUBMITTED } from './colours.ts';
import { atMost, nothing, RATE } from './dashboard.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import { latencyPanel, perSecond, slowestBy } from './panels.ts';

const system = { namespace: namespaces.system };

/** The scheduler and what it stands on: its store and its journals. */
export function schedulerDashboard({ facts }: EnvironmentModel): Dashboard {
  return {
    uid: dashboardUid('scheduler'),
    title: 'Nova / Scheduler',
    tags: ['nova-torch', 'platform'],
    variables: [],
    links: [{ title: 'Overview', url: `/d/${dashboardUid('overview')}` }],
    rows: [
      { title: 'Now', panels: nowPanels() },
      { title: 'Promises', panels: promisePanels() },
      { title: 'Store and journal', panels: storagePanels(journalAlarmBytes(facts.scheduler)) },
      { title: 'Processes', panels: processPanels() },
    ],
  };
}

function nowPanels(): readonly Panel[] {
  const stat = { kind: 'stat', width: 6, unit: 'short' } as const;
  return [
    {
      ...stat,
      title: 'Leaders',
      description: 'Exactly one.',
      limits: {
        base: 'red',
        steps: [
          { from: 1, colour: 'green' },
          { from: 2, colour: 'red' },
        ],
      },
      queries: [{ query: aggregate('sum', gauge('nova_scheduler_leader')), legend: 'leaders' }],
    },
    {
      ...stat,
      title: 'Unaccounted tasks',
      description: 'Accepted, and neither waiting, running nor finished.',
      limits: nothing,
      queries: [{ query: aggregate('max', gauge('nova_ledger_unaccounted_tasks')), legend: 'tasks' }],
    },
    {
      ...stat,
      title: 'Open breakers',
      description: 'Dependencies that nothing is sent to for now.',
      limits: nothing,
      queries: [
        {
          query: aggregate(
            'sum',
            aggregate('max', gauge('nova_circuit_breaker_state', { state: 'open' }), ['dependency']),
          ),
          legend: 'open',
        },
      ],
    },
    {
      ...stat,
      title: 'Scraped schedulers',
      description: 'Replicas whose metrics arrive.',
      queries: [{ query: aggregate('sum', gauge('up', system)), legend: 'up' }],
    },
  ];
}

function promisePanels(): readonly Panel[] {
  return [
    {
      kind: 'timeseries',
      title: 'Submissions',
      description: 'By their answer: shed means overload, error a fault.',
      unit: 'suffix:/s',
      width: 8,
      stacked: true,
      colours: SUBMITTED,
      queries: [{ query: perSecond(counter('nova_tasks_submitted_total'), ['outcome']), legend: '{{outcome}}' }],
    },
    {
      kind: 'timeseries',
      title: 'Canary',
      description: 'Tasks that the scheduler sends through itself.',
      unit: 'suffix:/s',
      width: 8,
      stacked: true,
      colours: CANARY,
      queries: [{ query: perSecond(counter('nova_canary_tasks_total'), ['outcome']), legend: '{{outcome}}' }],
    },
    latencyPanel(
      'nova_scheduler_assignment_duration_seconds',
      {},
      {
        title: 'Assignment, all fleets',
        description: 'From a task ready and a slot free to its assignment.',
        width: 8,
        limits: atMost(0.1),
      },
    ),
  ];
}

function storagePanels(alarmBytes: number): readonly Panel[] {
  const sync = aggregate('sum', over('rate', timingBuckets('nova_journal_sync_duration_seconds'), RATE), ['le', 'pod']);
  return [
    {
      kind: 'timeseries',
      title: 'Store p99',
      description: 'By operation, with the network.',
      unit: 's',
      width: 8,
      limits: atMost(0.01),
      queries: [{ query: slowestBy('nova_store_operation_duration_seconds', 'operation'), legend: '{{operation}}' }],
    },
    {
      kind: 'timeseries',
      title: 'Journal fsync p99',
      description: 'How long the volume takes to make tasks durable.',
      unit: 's',
      width: 8,
      queries: [{ query: quantile(0.99, sync), legend: '{{pod}}' }],
    },
    {
      kind: 'timeseries',
      title: 'Journal size',
      description:
        'Not trimmed yet. At the line somebody is woken: a little above it tasks of normal priority are refused.',
      unit: 'bytes',
      width: 8,
      limits: atMost(alarmBytes),
      queries: [{ query: aggregate('max', gauge('nova_journal_size_bytes'), ['pod']), legend: '{{pod}}' }],
    },
  ];
}

function processPanels(): readonly Panel[] {
  const chart = { kind: 'timeseries', width: 6 } as const;
  return [
    {
      ...chart,
      title: 'Event loop lag p99',
      description: 'Everything the scheduler does waits at least so long.',
      unit: 's',
      limits: atMost(0.1),
      queries: [{ query: gauge('nodejs_eventloop_lag_p99_seconds', system), legend: '{{pod}}' }],
    },
    {
      ...chart,
      title: 'Memory',
      description: 'Resident.',
      unit: 'bytes',
      queries: [{ query: gauge('process_resident_memory_bytes', system), legend: '{{pod}}' }],
    },
    {
      ...chart,
      title: 'Scrape',
      description: 'How long the scheduler takes to render its metrics, on its event loop.',
      unit: 's',
      limits: atMost(0.05),
      queries: [{ query: gauge('scrape_duration_seconds', system), legend: '{{pod}}' }],
    },
    {
      ...chart,
      title: 'Breakers',
      description: '1 where a breaker is open or on trial.',
      unit: 'none',
      queries: [
        {
          query: aggregate('max', gauge('nova_circuit_breaker_state', { state: { oneOf: ['open', 'half_open'] } }), [
            'dependency',
            'state',
          ]),
          legend: '{{dependency}} {{state}}',
        },
      ],
    },
  ];
}
