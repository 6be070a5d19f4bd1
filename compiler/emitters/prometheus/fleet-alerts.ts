import { agentsAtWork, atWork } from '../../core/agents-at-work.ts';
import type { FleetModel } from '../../core/model.ts';
import { aggregate, counter, gauge, join, over, timings } from '../../core/promql/promql.ts';
import type { Query } from '../../core/promql/promql.ts';
import { proven } from './rule.ts';
import type { Alert, Suite } from './rule.ts';

const MINUTE = 60_000;

/** What can go wrong with a fleet besides its objectives. */
export function fleetSuites(fleet: FleetModel): readonly Suite[] {
  return [
    noAgents(fleet),
    queueStalled(fleet),
    queueBacklog(fleet),
    agentsLost(fleet),
    deadLetters(fleet),
    retryStorm(fleet),
  ];
}

function alertOf(fleet: FleetModel, alert: Omit<Alert, 'labels' | 'at'> & { at?: Alert['at'] }): Alert {
  return { at: fleet.at, ...alert, labels: { fleet: fleet.id } };
}

/** A fleet that may have none is only missed while tasks wait for it. */
function noAgents(fleet: FleetModel): Suite {
  const { id, scale } = fleet;
  const count = agentsAtWork(fleet);
  const waiting = aggregate('sum', aggregate('max', gauge('nova_queue_depth_tasks', { fleet: id }), ['route']));
  const query = scale.min > 0 ? join(count, '<', scale.min) : join(join(count, '==', 0), 'and', join(waiting, '>', 0));
  const atWork = oneAtWork(fleet);
  const depth = gauge('nova_queue_depth_tasks', { fleet: id, route: 'test/route' }).text;
  return proven(
    alertOf(fleet, {
      name: 'NovaFleetNoAgents',
      severity: 'page',
      query,
      forMs: 5 * MINUTE,
      summary: scale.min > 0 ? `Fewer than ${scale.min} agents are at work` : 'Tasks wait and no agent is at work',
      at: fleet.from(['scale', 'min']),
    }),
    {
      fire: { [atWork]: '0x60', [depth]: '1x60' },
      silent: { [atWork]: `${Math.max(1, scale.min)}x60`, [depth]: '1x60' },
    },
  );
}

/** Tasks wait too long, agents are free, and nothing is handed out: the scheduler's fault. */
function queueStalled(fleet: FleetModel): Suite {
  const { id } = fleet;
  const assigned = aggregate(
    'sum',
    over('rate', timings('nova_scheduler_assignment_duration_seconds', { fleet: id }), '3m'),
  );
  const stalled = join(join(oldest(fleet), 'and', join(assigned, '==', 0)), 'and', anyIsFree(fleet));
  const count = timings('nova_scheduler_assignment_duration_seconds', { fleet: id, route: 'test/route' }).text;
  const late = { [age(fleet)]: `${tooOld(fleet)}x60`, ...twoFree(fleet) };
  return proven(
    alertOf(fleet, {
      name: 'NovaQueueStalled',
      severity: 'page',
      query: stalled,
      forMs: 3 * MINUTE,
      summary: 'Tasks wait although agents are free: none was assigned for three minutes',
      at: fleet.from(['scale', 'queueWait']),
    }),
    { fire: { ...late, [count]: '5x60' }, silent: { ...late, [count]: '0+1x60' } },
  );
}

function queueBacklog(fleet: FleetModel): Suite {
  return proven(
    alertOf(fleet, {
      name: 'NovaQueueBacklog',
      severity: 'ticket',
      query: oldest(fleet),
      forMs: 10 * MINUTE,
      summary: `A task has waited longer than ${fleet.scale.queueWaitMs / 1000} s for ten minutes on end`,
      at: fleet.from(['scale', 'queueWait']),
    }),
    {
      fire: { [age(fleet)]: `${tooOld(fleet)}x60` },
      silent: { [age(fleet)]: `${fleet.scale.queueWaitMs / 2000}x60` },
    },
  );
}

function agentsLost(fleet: FleetModel): Suite {
  const { id } = fleet;
  const lost = counter('nova_task_retries_total', { fleet: id, reason: 'agent_lost' });
  const begun = timings('nova_scheduler_assignment_duration_seconds', { fleet: id });
  const each = (series: Parameters<typeof over>[1]): Query => aggregate('sum', over('increase', series, '15m'));
  return proven(
    alertOf(fleet, {
      name: 'NovaAgentsLost',
      severity: 'ticket',
      // By the runs that went with them: an agent that is gone is `lost` in `nova_agents` for seconds, then forgotten.
      query: join(join(join(each(lost), '/', each(begun)), '>', 0.1), 'and', join(each(lost), '>=', 5)),
      forMs: 5 * MINUTE,
      summary: 'More than a tenth of the runs ended because their agents fell silent',
    }),
    {
      fire: { [lost.text]: '0+2x60', [begun.text]: '0+10x60' },
      silent: { [lost.text]: '0+1x60', [begun.text]: '0+20x60' },
    },
  );
}

function deadLetters(fleet: FleetModel): Suite {
  const dead = counter('nova_tasks_finished_total', { fleet: fleet.id, outcome: 'dead_lettered' });
  return proven(
    alertOf(fleet, {
      name: 'NovaDeadLetters',
      severity: 'ticket',
      query: join(aggregate('sum', over('increase', dead, '15m')), '>', 0),
      forMs: 0,
      summary: 'Tasks failed for the last time and wait for somebody to look at them',
    }),
    { fire: { [dead.text]: '0+1x60' }, silent: { [dead.text]: '7x60' } },
  );
}

function retryStorm(fleet: FleetModel): Suite {
  const retries = counter('nova_task_retries_total', { fleet: fleet.id });
  const finished = counter('nova_tasks_finished_total', { fleet: fleet.id });
  const each = (query: Parameters<typeof over>[1]): Query => aggregate('sum', over('increase', query, '15m'));
  const retried = counter('nova_task_retries_total', { fleet: fleet.id, reason: 'error' }).text;
  const ended = counter('nova_tasks_finished_total', { fleet: fleet.id, outcome: 'succeeded' }).text;
  return proven(
    alertOf(fleet, {
      name: 'NovaRetryStorm',
      severity: 'ticket',
      // A handful of retries in a quiet quarter of an hour is no storm.
      query: join(join(join(each(retries), '/', each(finished)), '>', 0.2), 'and', join(each(retries), '>=', 5)),
      forMs: 15 * MINUTE,
      summary: 'More than one attempt is repeated for every five tasks that end',
    }),
    {
      fire: { [retried]: '0+3x60', [ended]: '0+10x60' },
      silent: { [retried]: '0+1x60', [ended]: '0+10x60' },
    },
  );
}

function oldest(fleet: FleetModel): Query {
  const ages = gauge('nova_queue_oldest_task_age_seconds', { fleet: fleet.id });
  return join(aggregate('max', ages), '>', fleet.scale.queueWaitMs / 1000);
}

function age(fleet: FleetModel): string {
  return gauge('nova_queue_oldest_task_age_seconds', { fleet: fleet.id, route: 'test/route' }).text;
}

function tooOld(fleet: FleetModel): number {
  return fleet.scale.queueWaitMs / 500;
}

/** Somebody waits for work and has none. */
function anyIsFree({ id, agent }: FleetModel): Query {
  if (agent.delivery === 'pull')
    return join(aggregate('max', gauge('nova_agents', { fleet: id, state: 'idle' })), '>', 0);
  const [free, busy] = (['free', 'busy'] as const).map((state) =>
    aggregate('max', gauge('nova_slots', { fleet: id, state })),
  ) as [Query, Query];
  return join(join(free, '>', 0), 'and', join(busy, '==', 0));
}

function twoFree({ id, agent }: FleetModel): Readonly<Record<string, string>> {
  const slots = (state: 'free' | 'busy') => gauge('nova_slots', { fleet: id, state }).text;
  if (agent.delivery === 'push') return { [slots('free')]: '2x60', [slots('busy')]: '0x60' };
  return { [gauge('nova_agents', { fleet: id, state: 'idle' }).text]: '2x60' };
}

/** One series of those that count as at work. */
function oneAtWork(fleet: FleetModel): string {
  return (fleet.agent.delivery === 'push' ? atWork(fleet) : gauge('nova_agents', { fleet: fleet.id, state: 'idle' }))
    .text;
}
