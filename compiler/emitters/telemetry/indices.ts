import type { Json } from '../../../spec/contract/source.ts';

/** A request that brings Elasticsearch to the state we want; asking twice changes nothing. */
export interface SetupRequest {
  readonly path: string;
  readonly body: Json;
}

/** How long logs stay: fast disks, then slow ones, then nowhere. */
interface Keeping {
  readonly hot: { readonly days: number; readonly gigabytes: number };
  readonly warmAfterDays?: number;
  readonly deleteAfterDays: number;
}

const LOGS: Keeping = { hot: { days: 1, gigabytes: 30 }, warmAfterDays: 2, deleteAfterDays: 30 };
/** Who did what: a year, apart from what agents write, and nobody's to delete. */
const AUDIT: Keeping = { hot: { days: 30, gigabytes: 30 }, warmAfterDays: 31, deleteAfterDays: 365 };

/** In the order in which they must be made: a template names its policy. */
export function setupRequests(): readonly SetupRequest[] {
  return [
    { path: '_ilm/policy/nova-logs', body: policy(LOGS) },
    { path: '_ilm/policy/nova-audit', body: policy(AUDIT) },
    { path: '_component_template/nova-ecs', body: { template: { mappings: ECS } } },
    { path: '_index_template/nova-logs', body: template('logs-nova.agents-*', 'nova-logs') },
    { path: '_index_template/nova-audit', body: template('logs-nova.audit-*', 'nova-audit') },
    { path: '_security/role/nova-logs-writer', body: role('logs-nova.*', ['auto_configure', 'create_doc'], []) },
    {
      path: '_security/role/nova-traces',
      body: role('nova-jaeger-*', ['all'], ['monitor', 'manage_index_templates', 'manage_ilm']),
    },
  ];
}

function policy({ hot, warmAfterDays, deleteAfterDays }: Keeping): Json {
  const warm =
    warmAfterDays === undefined
      ? {}
      : { warm: { min_age: `${warmAfterDays}d`, actions: { forcemerge: { max_num_segments: 1 } } } };
  return {
    policy: {
      phases: {
        hot: {
          min_age: '0ms',
          actions: {
            rollover: { max_age: `${hot.days}d`, max_primary_shard_size: `${hot.gigabytes}gb` },
            set_priority: { priority: 100 },
          },
        },
        ...warm,
        delete: { min_age: `${deleteAfterDays}d`, actions: { delete: {} } },
      },
    },
  };
}

/** Above 200, the priority of the templates that Elasticsearch brings for `logs-*`. */
function template(pattern: string, lifecycle: string): Json {
  return {
    index_patterns: [pattern],
    data_stream: {},
    priority: 500,
    composed_of: ['nova-ecs'],
    template: {
      settings: { index: { lifecycle: { name: lifecycle }, mapping: { total_fields: { limit: 1000 } } } },
    },
  };
}

/** The names of ECS that the scheduler and agents write. What else an agent logs stays readable and is not indexed. */
const ECS: Json = {
  dynamic: false,
  properties: {
    '@timestamp': { type: 'date' },
    'log.level': { type: 'keyword' },
    message: { type: 'text' },
    'event.dataset': { type: 'keyword' },
    'service.name': { type: 'keyword' },
    'service.version': { type: 'keyword' },
    'trace.id': { type: 'keyword' },
    'span.id': { type: 'keyword' },
    'nova.env': { type: 'keyword' },
    'nova.fleet': { type: 'keyword' },
    'nova.route': { type: 'keyword' },
    'nova.task_id': { type: 'keyword' },
    'nova.spec_hash': { type: 'keyword' },
    'nova.outcome': { type: 'keyword' },
    'kubernetes.namespace_name': { type: 'keyword' },
    'kubernetes.pod_name': { type: 'keyword' },
  },
};

function role(names: string, privileges: readonly string[], cluster: readonly string[]): Json {
  return { cluster: [...cluster], indices: [{ names: [names], privileges: [...privileges] }] };
}
