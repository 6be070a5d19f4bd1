/**
 * Every metric that the scheduler and the agents serve, once. The scheduler makes its registry from this table, and the
 * compiler writes no rule, panel or scaler with a metric, label or label value that does not stand here. A metric that
 * nothing generated reads says in `inspect` why it exists all the same. Names, labels and buckets are an interface: people
 * have dashboards of their own.
 *
 * Glossary
 * - assignment: from "eligible and a slot is free" to the durable assignment; slow ones are the scheduler's fault
 * - queue wait: from accepted to assigned; long ones are a lack of agents
 * - run: one attempt, from assigned to its end
 * - view: a gauge of what all replicas share, the same on each of them; take `max` over replicas. Counters and histograms count
 *   what one replica did; take `sum`.
 *
 * Never a label: task, agent, tenant, key. Their number has no bound.
 */
export interface Metric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What one unit of the value is; durations are in seconds. */
  readonly unit: 'seconds' | 'tasks' | 'agents' | 'slots' | 'bytes' | 'samples' | 'count' | 'flag';
  readonly help: string;
  /** Who serves it. */
  readonly from: Source;
  /** Label -> every value it may have, or `'spec'`: ids of the routing table; `'build'`: what was built or deployed. */
  readonly labels: Readonly<Record<string, readonly string[] | 'spec' | 'build'>>;
  /** Upper bounds, ascending, without +Inf. Only and always for histograms. */
  readonly buckets?: readonly number[];
  /** It is a view: the same on each replica. */
  readonly view?: true;
  /** Why it is served although no generated rule, panel or scaler reads it. */
  readonly inspect?: string;
}

export type Source = 'scheduler' | 'agent';

const FLEET_ROUTE = { fleet: 'spec', route: 'spec' } as const;
const FLEET = { fleet: 'spec' } as const;

/** Bounds in seconds. A latency objective must be one of them: between two bounds nobody knows how many were slower. */
export const buckets = {
  assignment: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10],
  queueWait: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600],
  run: [0.5, 1, 2.5, 5, 10, 30, 60, 90, 120, 300, 600, 900, 1200, 1800, 2400, 3600, 7200],
  store: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5],
} as const satisfies Record<string, readonly number[]>;

/** States of a breaker; exactly one of them is 1. */
export const breakerStates = ['closed', 'open', 'half_open'] as const;

export const metrics = {
  nova_scheduler_assignment_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'From a task eligible and a slot free to the durable assignment',
    from: 'scheduler',
    labels: FLEET_ROUTE,
    buckets: buckets.assignment,
  },
  nova_task_queue_wait_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'From accepted to assigned',
    from: 'scheduler',
    labels: FLEET_ROUTE,
    buckets: buckets.queueWait,
  },
  nova_task_run_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'One attempt, from assigned to its end',
    from: 'scheduler',
    labels: FLEET_ROUTE,
    buckets: buckets.run,
  },
  nova_tasks_submitted_total: {
    type: 'counter',
    unit: 'tasks',
    help: 'Submissions answered; one that no route takes, or that was refused before it was routed, has empty fleet and route',
    from: 'scheduler',
    labels: { ...FLEET_ROUTE, outcome: ['accepted', 'invalid', 'unauthorized', 'shed', 'error'] },
  },
  nova_tasks_finished_total: {
    type: 'counter',
    unit: 'tasks',
    help: 'Tasks that reached their end, by how',
    from: 'scheduler',
    labels: { ...FLEET_ROUTE, outcome: ['succeeded', 'failed', 'cancelled', 'dead_lettered', 'expired'] },
  },
  nova_task_retries_total: {
    type: 'counter',
    unit: 'tasks',
    help: 'Attempts that ended and will be repeated, by why',
    from: 'scheduler',
    labels: { ...FLEET_ROUTE, reason: ['timeout', 'agent_lost', 'error', 'backpressure'] },
  },
  nova_queue_depth_tasks: {
    type: 'gauge',
    unit: 'tasks',
    help: 'Tasks that wait',
    from: 'scheduler',
    labels: FLEET_ROUTE,
    view: true,
  },
  nova_queue_oldest_task_age_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the task that waits longest has waited; 0 when none waits',
    from: 'scheduler',
    labels: FLEET_ROUTE,
    view: true,
  },
  nova_agents: {
    type: 'gauge',
    unit: 'agents',
    help: 'Agents that poll, by state; lost ones, not heard of for 40 seconds, are forgotten after 60',
    from: 'scheduler',
    labels: { ...FLEET, state: ['idle', 'busy', 'draining', 'lost'] },
    view: true,
  },
  nova_slots: {
    type: 'gauge',
    unit: 'slots',
    help: 'Slots: busy ones have a task, free ones none',
    from: 'scheduler',
    labels: { ...FLEET, state: ['busy', 'free'] },
    view: true,
  },
  nova_ledger_unaccounted_tasks: {
    type: 'gauge',
    unit: 'tasks',
    help: 'Accepted tasks that are not accounted for: lost, or waiting where no route of the table leads',
    from: 'scheduler',
    labels: FLEET,
    view: true,
  },
  nova_canary_tasks_total: {
    type: 'counter',
    unit: 'tasks',
    help: 'Tasks the scheduler sends through itself, one every 15 seconds',
    from: 'scheduler',
    labels: { outcome: ['ok', 'late', 'failed'] },
  },
  nova_scheduler_leader: {
    type: 'gauge',
    unit: 'flag',
    help: 'Whether this replica runs what only one may run',
    from: 'scheduler',
    labels: {},
  },
  nova_circuit_breaker_state: {
    type: 'gauge',
    unit: 'flag',
    help: '1 for the present state; a dependency is `store`, `fleet:<id>` or `provider:<name>`',
    from: 'scheduler',
    labels: { dependency: 'spec', state: breakerStates },
  },
  nova_store_operation_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'One call of the store, with the network',
    from: 'scheduler',
    labels: {
      operation: ['submit', 'claim', 'heartbeat', 'complete', 'fail', 'sweep', 'read', 'register', 'replay'],
    },
    buckets: buckets.store,
  },
  nova_journal_sync_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'One fsync of the journal',
    from: 'scheduler',
    labels: {},
    buckets: buckets.store,
  },
  nova_journal_size_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Bytes of the journal that are not trimmed yet',
    from: 'scheduler',
    labels: {},
  },
  nova_journal_unmirrored: {
    type: 'gauge',
    unit: 'flag',
    help: 'Whether answers go out although the peer does not have what they promise; 0 without a mirror',
    from: 'scheduler',
    labels: {},
  },
  nova_journal_mirror_lag_bytes: {
    type: 'gauge',
    unit: 'bytes',
    help: 'Bytes of the journal that its peer does not have; 0 without a mirror',
    from: 'scheduler',
    labels: {},
    inspect: 'whether a peer that is back catches up, and how long that will take',
  },
  nova_audit_retired_records_total: {
    type: 'counter',
    unit: 'count',
    help: 'Oldest records of the audit log that went, since it is as large as it may be',
    from: 'scheduler',
    labels: {},
    inspect:
      'how far back the log on that disk goes: an alert for who must find its records there, and not in the log store',
  },
  nova_journal_mirror_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: 'Until the peer has said that it has synced a piece of the journal',
    from: 'scheduler',
    labels: {},
    buckets: buckets.store,
    inspect: 'what the mirror adds to an answer, beside the sync of the own disk',
  },
  nova_build_info: {
    type: 'gauge',
    unit: 'flag',
    help: 'Always 1; says which build runs',
    from: 'scheduler',
    labels: { version: 'build' },
  },
  nova_spec_info: {
    type: 'gauge',
    unit: 'flag',
    help: 'Always 1; says which routing table runs, by its digest, and of which version of its form it is',
    from: 'scheduler',
    labels: { spec_hash: 'build', spec_version: 'build', env: 'spec' },
  },
  nova_agent_slots: {
    type: 'gauge',
    unit: 'slots',
    help: 'Slots of one agent as it sees them itself',
    from: 'agent',
    labels: { state: ['busy', 'free'] },
  },
  nova_agent_polls_total: {
    type: 'counter',
    unit: 'count',
    help: 'Calls for work, by what came back',
    from: 'agent',
    labels: { outcome: ['task', 'empty', 'error'] },
  },
  nova_agent_handler_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    help: "The author's handler alone, without the way to the scheduler and back",
    from: 'agent',
    labels: { task: 'spec' },
    buckets: buckets.run,
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
