import { agentsAtWork } from '../../core/agents-at-work.ts';
import type { FleetModel } from '../../core/model.ts';
import { aggregate, counter, gauge, join, over, recorded, vector } from '../../core/promql/promql.ts';
import { series } from '../../core/series.ts';
import { aboutFleet } from './about.ts';
import { AGENTS, FINISHED, POLLS } from './colours.ts';
import { atLeast, atMost, nothing } from './dashboard.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import type { FleetView } from './fleet-view.ts';
import { budgetPanel, budgetStat, burnPanel } from './objective-panels.ts';
import { latencyPanel, perSecond, slowestBy, view } from './panels.ts';

/** One fleet on one page: is it well, does it keep its promises, what does it do, who does it. */
export function fleetDashboard({ fleet, objectives, signals, uids }: FleetView): Dashboard {
  const { id, team } = fleet;
  return {
    uid: uids.fleet,
    title: `Nova / Fleet / ${id}`,
    tags: ['nova-torch', 'fleet', team.name],
    variables: [],
    links: [{ title: 'Routes', url: `/d/${uids.route}` }, { title: 'Promises', url: `/d/${uids.slo}` }, ...signals],
    rows: [
      { title: 'Now', panels: [...objectives.slice(0, 2).map(budgetStat), ...nowPanels(fleet)] },
      { title: 'Promises', panels: [burnPanel(objectives), budgetPanel(objectives)] },
      { title: 'How long it takes', panels: latencyPanels(fleet) },
      { title: 'Work', panels: workPanels(id) },
      { title: 'Agents', panels: agentPanels(fleet) },
      aboutFleet(fleet),
    ],
  };
}

function nowPanels(fleet: FleetModel): readonly Panel[] {
  const { id, scale } = fleet;
  const stat = { kind: 'stat', width: 4 } as const;
  // No alert is no series, and the last value that was there would stay.
  const firing = aggregate('count', gauge('ALERTS', { fleet: id, alertstate: 'firing' }));
  return [
    {
      ...stat,
      title: 'Agents at work',
      description: `At least ${scale.min}, at most ${scale.max}.`,
      unit: 'short',
      ...(scale.min === 0 ? {} : { limits: atLeast(scale.min) }),
      queries: [{ query: agentsAtWork(fleet), legend: 'agents' }],
    },
    {
      ...stat,
      title: 'Oldest task',
      description: `How long it has waited; more agents are started to keep it below ${scale.queueWaitMs / 1000} s.`,
      unit: 's',
      limits: atMost(scale.queueWaitMs / 1000),
      queries: [{ query: view(gauge('nova_queue_oldest_task_age_seconds', { fleet: id })), legend: 'age' }],
    },
    {
      ...stat,
      title: 'Unaccounted tasks',
      description: 'Accepted, and neither waiting, running nor finished. Anything but 0 is a loss.',
      unit: 'short',
      limits: nothing,
      queries: [{ query: view(gauge('nova_ledger_unaccounted_tasks', { fleet: id })), legend: 'tasks' }],
    },
    {
      ...stat,
      title: 'Firing alerts',
      description: 'Alerts of this fleet that fire.',
      unit: 'short',
      limits: nothing,
      queries: [{ query: join(firing, 'or', vector(0)), legend: 'alerts' }],
    },
  ];
}

function latencyPanels({ id, slo }: FleetModel): readonly Panel[] {
  const bound = (target: { readonly boundMs: number } | undefined) =>
    target === undefined ? {} : { limits: atMost(target.boundMs / 1000) };
  return [
    latencyPanel(
      'nova_scheduler_assignment_duration_seconds',
      { fleet: id },
      {
        title: 'Assignment',
        description: "From a task ready and a slot free to its assignment: the scheduler's share.",
        width: 8,
        ...bound(slo.assign),
      },
    ),
    latencyPanel(
      'nova_task_queue_wait_duration_seconds',
      { fleet: id },
      {
        title: 'Queue wait',
        description: 'From accepted to assigned: grows when agents are too few.',
        width: 8,
        ...bound(slo.queueWait),
      },
    ),
    latencyPanel(
      'nova_task_run_duration_seconds',
      { fleet: id },
      {
        title: 'Run',
        description: 'One attempt.',
        width: 8,
        ...bound(slo.run),
      },
    ),
    {
      kind: 'heatmap',
      title: 'Runs by how long they took',
      description: 'Two bands are two kinds of tasks.',
      unit: 's',
      width: 24,
      queries: [{ query: recorded(series.runBuckets.record, { fleet: id }), legend: '{{le}}' }],
    },
  ];
}

function workPanels(id: string): readonly Panel[] {
  const chart = { kind: 'timeseries', width: 8 } as const;
  return [
    {
      ...chart,
      title: 'Finished',
      description: 'Tasks that reached their end, by how.',
      unit: 'suffix:/s',
      stacked: true,
      colours: FINISHED,
      queries: [
        { query: perSecond(counter('nova_tasks_finished_total', { fleet: id }), ['outcome']), legend: '{{outcome}}' },
      ],
    },
    {
      ...chart,
      title: 'Waiting',
      description: 'Tasks in the queue, by route.',
      unit: 'short',
      stacked: true,
      queries: [{ query: view(gauge('nova_queue_depth_tasks', { fleet: id }), ['route']), legend: '{{route}}' }],
    },
    {
      ...chart,
      title: 'Repeated attempts',
      description: 'Attempts that failed and are repeated, by why.',
      unit: 'suffix:/s',
      stacked: true,
      queries: [
        { query: perSecond(counter('nova_task_retries_total', { fleet: id }), ['reason']), legend: '{{reason}}' },
      ],
    },
  ];
}

const LINE = 'The line is the most there may be.';

function agentPanels(fleet: FleetModel): readonly Panel[] {
  const { id, scale, namespace, agent } = fleet;
  const chart = { kind: 'timeseries', width: 8 } as const;
  const restarts = counter('kube_pod_container_status_restarts_total', { namespace });
  return [
    {
      ...chart,
      title: 'Agents',
      description: agent.delivery === 'pull' ? `By state. ${LINE}` : `Those that are ready for calls. ${LINE}`,
      unit: 'short',
      stacked: true,
      limits: { base: 'text', steps: [{ from: scale.max, colour: 'blue' }], drawn: true },
      colours: AGENTS,
      queries:
        agent.delivery === 'pull'
          ? [{ query: view(gauge('nova_agents', { fleet: id }), ['state']), legend: '{{state}}' }]
          : [{ query: agentsAtWork(fleet), legend: 'ready' }],
    },
    {
      ...chart,
      title: 'Slots',
      description: 'Busy and free: as the scheduler counts them, and as agents see themselves.',
      unit: 'short',
      queries: [
        { query: view(gauge('nova_slots', { fleet: id }), ['state']), legend: '{{state}}' },
        {
          query: aggregate('sum', gauge('nova_agent_slots', { namespace }), ['state']),
          legend: '{{state}}, by agents',
        },
      ],
    },
    {
      ...chart,
      title: 'Calls for work',
      description: 'What agents got when they asked: errors mean that they cannot reach the scheduler.',
      unit: 'suffix:/s',
      colours: POLLS,
      queries: [
        { query: perSecond(counter('nova_agent_polls_total', { namespace }), ['outcome']), legend: '{{outcome}}' },
      ],
    },
    {
      ...chart,
      title: 'Handler p99',
      description: "The author's code alone, by task type.",
      unit: 's',
      queries: [{ query: slowestBy('nova_agent_handler_duration_seconds', 'task', { namespace }), legend: '{{task}}' }],
    },
    {
      ...chart,
      title: 'Restarts',
      description: 'Restarts of containers in ten minutes.',
      unit: 'short',
      queries: [{ query: aggregate('sum', over('increase', restarts, '10m'), ['container']), legend: '{{container}}' }],
    },
    {
      ...chart,
      kind: 'state-timeline',
      title: 'Rollout',
      description: 'Its phases, where it is rolled out step by step.',
      unit: 'none',
      limits: { base: 'text', steps: [{ from: 1, colour: 'blue' }] },
      queries: [{ query: view(gauge('rollout_info', { namespace }), ['phase']), legend: '{{phase}}' }],
    },
  ];
}
