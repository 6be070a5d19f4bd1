import type { RoutingTable, TableAccept, TableFleet, TableRoute } from '../routing-table.ts';

/** Small routing tables for tests: only what a test is about needs to be said. */

const ACCEPT: TableAccept = {
  queueMs: 600_000,
  runMs: 900_000,
  heartbeatMs: 30_000,
  attempts: 3,
  backoff: { firstMs: 1000, factor: 2, maxMs: 300_000, jitter: 'full' },
  never: [],
  effects: 'none',
};

export function tableFleet(tasks: readonly string[], more: Partial<TableFleet> = {}): TableFleet {
  return {
    team: 'engineering',
    namespace: 'nt-engineering',
    delivery: 'pull',
    slots: 1,
    skills: {},
    providers: [],
    drainMs: 600_000,
    builds: { v1: 10_000 },
    accepts: Object.fromEntries(tasks.map((task) => [task, ACCEPT])),
    calls: {},
    ...more,
  };
}

export function tableRoute(id: string, tasks: readonly string[], more: Partial<TableRoute> = {}): TableRoute {
  return {
    id,
    team: 'engineering',
    tasks,
    labels: {},
    require: [],
    to: [],
    priority: { default: 'normal', when: [] },
    limits: {},
    queue: { maxDepth: 10_000, maxAgeMs: 3_600_000, onFull: 'reject' },
    fallback: [],
    ...more,
  };
}

export function routingTable(
  fleets: Readonly<Record<string, TableFleet>>,
  routes: readonly TableRoute[],
): RoutingTable {
  return {
    schema: 1,
    environment: 'prod',
    digest: 'sha256-0',
    teams: { engineering: { weight: 1 } },
    fleets,
    routes,
    schedules: [],
    providers: {},
    schemas: {},
  };
}
