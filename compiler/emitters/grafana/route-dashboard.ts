import type { FleetModel } from '../../core/model.ts';
import { counter, gauge } from '../../core/promql/promql.ts';
import { SUBMITTED } from './colours.ts';
import { atMost, nothing } from './dashboard.ts';
import type { Dashboard, Link, Panel } from './dashboard.ts';
import { errorsOf } from './explore.ts';
import type { FleetView } from './fleet-view.ts';
import { latencyPanel, perSecond, slowestBy, view } from './panels.ts';

const route = { variable: 'route' };

/** What comes to a fleet on each route, and where its time goes. Deadlines are those of the fleet's task types. */
export function routeDashboard({ fleet, signals, uids }: FleetView): Dashboard {
  const { id, team } = fleet;
  return {
    uid: uids.route,
    title: `Nova / Route / ${id}`,
    tags: ['nova-torch', 'route', team.name],
    variables: [{ name: 'route', label: 'Route', of: gauge('nova_queue_depth_tasks', { fleet: id }) }],
    links: [{ title: 'Fleet', url: `/d/${uids.fleet}` }, ...signals],
    rows: [
      { title: 'What comes', panels: arrivals(fleet) },
      { title: 'Where the time goes', panels: phases(fleet) },
      { title: 'What fails', panels: failures(id, signals) },
    ],
  };
}

/** The shortest wait after which a task of the fleet expires, and the shortest run that is cut off, in seconds. */
function deadlines({ accepts }: FleetModel) {
  const all = [...accepts.values()].map(({ timeouts }) => timeouts);
  const shortest = (pick: (timeouts: (typeof all)[number]) => number) => Math.min(...all.map(pick)) / 1000;
  return { queue: shortest(({ queueMs }) => queueMs), run: shortest(({ runMs }) => runMs) };
}

function arrivals(fleet: FleetModel): readonly Panel[] {
  const { id } = fleet;
  const chart = { kind: 'timeseries', width: 8 } as const;
  return [
    {
      ...chart,
      title: 'Submitted',
      description: 'Submissions by their answer.',
      unit: 'suffix:/s',
      stacked: true,
      colours: SUBMITTED,
      queries: [
        {
          query: perSecond(counter('nova_tasks_submitted_total', { fleet: id, route }), ['outcome']),
          legend: '{{outcome}}',
        },
      ],
    },
    {
      ...chart,
      title: 'Waiting',
      description: 'Tasks in the queue.',
      unit: 'short',
      queries: [{ query: view(gauge('nova_queue_depth_tasks', { fleet: id, route }), ['route']), legend: '{{route}}' }],
    },
    {
      ...chart,
      title: 'Oldest task',
      description: 'How long it has waited. At the line tasks begin to expire.',
      unit: 's',
      limits: atMost(deadlines(fleet).queue),
      queries: [
        {
          query: view(gauge('nova_queue_oldest_task_age_seconds', { fleet: id, route }), ['route']),
          legend: '{{route}}',
        },
      ],
    },
  ];
}

function phases(fleet: FleetModel): readonly Panel[] {
  const matchers = { fleet: fleet.id, route };
  const { queue, run } = deadlines(fleet);
  return [
    latencyPanel('nova_task_queue_wait_duration_seconds', matchers, {
      title: 'Queue wait',
      description: 'From accepted to assigned. The line is the deadline.',
      width: 8,
      limits: atMost(queue),
    }),
    {
      kind: 'timeseries',
      title: 'Assignment p99',
      description: "The scheduler's share, by route.",
      unit: 's',
      width: 8,
      limits: atMost(fleet.slo.assign.boundMs / 1000),
      queries: [
        { query: slowestBy('nova_scheduler_assignment_duration_seconds', 'route', matchers), legend: '{{route}}' },
      ],
    },
    latencyPanel('nova_task_run_duration_seconds', matchers, {
      title: 'Run',
      description: 'One attempt. The line is the deadline.',
      width: 8,
      limits: atMost(run),
    }),
  ];
}

function failures(id: string, signals: readonly Link[]): readonly Panel[] {
  const finished = (outcome: 'dead_lettered' | 'failed' | 'expired') =>
    perSecond(counter('nova_tasks_finished_total', { fleet: id, route, outcome }), ['route']);
  return [
    {
      kind: 'timeseries',
      title: 'Repeated attempts',
      description: 'By why.',
      unit: 'suffix:/s',
      width: 12,
      stacked: true,
      queries: [
        {
          query: perSecond(counter('nova_task_retries_total', { fleet: id, route }), ['reason']),
          legend: '{{reason}}',
        },
      ],
    },
    {
      kind: 'timeseries',
      title: 'Ended badly',
      description: 'Dead letters wait for somebody; expired ones found no agent in time.',
      unit: 'suffix:/s',
      width: 12,
      limits: nothing,
      queries: [
        { query: finished('dead_lettered'), legend: 'dead-lettered {{route}}' },
        { query: finished('failed'), legend: 'failed {{route}}' },
        { query: finished('expired'), legend: 'expired {{route}}' },
      ],
      links: signals,
    },
    {
      kind: 'logs',
      title: 'Errors',
      description: 'What agents of the fleet and the scheduler said about it.',
      width: 24,
      lucene: errorsOf(id),
    },
  ];
}
