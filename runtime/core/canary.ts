import type { RoutingTable, TableFleet, TableRoute } from '../../spec/contract/routing-table.ts';
import type { Observer, Of } from './observer.ts';

/**
 * What a scheduler's task through itself is called. Each scheduler has a fleet of its own for it, with one agent: itself. All of
 * them know the fleets of all, as they know every fleet, so that such a shard is rebuilt, held and swept like any other. No spec
 * has such names and no caller can say them (ids begin with a letter), so nobody's tasks, quotas or figures meet them.
 */
export const CANARY = '~canary';

export function canaryFleet(scheduler: string): string {
  return `${CANARY}/${scheduler}`;
}

export function isCanary(fleet: string): boolean {
  return fleet.startsWith(`${CANARY}/`);
}

export const CANARY_BUILD = 'v1';
/** One that was not run in this time is no use any more: nothing of it stays, also where canaries were turned off. */
const LAST_MS = 60_000;

/** A routing table with what the canaries of the schedulers need. */
export function withCanaries(table: RoutingTable, schedulers: readonly string[]): RoutingTable {
  const fleets = schedulers.map((scheduler) => [canaryFleet(scheduler), fleetOf(canaryFleet(scheduler))] as const);
  return {
    ...table,
    fleets: { ...table.fleets, ...Object.fromEntries(fleets) },
    routes: [...table.routes, ...fleets.map(([fleet]) => routeTo(fleet))],
  };
}

function fleetOf(fleet: string): TableFleet {
  return {
    team: CANARY,
    namespace: '',
    delivery: 'pull',
    slots: 1,
    skills: {},
    providers: [],
    drainMs: 0,
    builds: { [CANARY_BUILD]: 10_000 },
    accepts: {
      [fleet]: {
        queueMs: LAST_MS,
        runMs: LAST_MS,
        heartbeatMs: 5000,
        attempts: 3,
        backoff: { firstMs: 1000, factor: 2, maxMs: 10_000, jitter: 'none' },
        never: [],
        effects: 'none',
      },
    },
    calls: {},
  };
}

/** Its task is called as the fleet; a caller may send any text as a task's type, but is never that tenant. */
function routeTo(fleet: string): TableRoute {
  return {
    id: fleet,
    team: CANARY,
    tasks: [fleet],
    labels: {},
    where: { op: '==', left: { op: 'field', path: ['tenant'] }, right: { op: 'literal', value: CANARY } },
    require: [],
    to: [{ fleet, weight: 1 }],
    priority: { default: 'normal', when: [] },
    limits: {},
    queue: { maxDepth: 10, maxAgeMs: LAST_MS, onFull: 'reject' },
    fallback: [],
  };
}

/** Hears of users' tasks only. */
export function withoutCanaries(observer: Observer): Observer {
  const { submitted, assigned, settled, passed, retried, finished } = observer;
  const users =
    <Event extends Of>(tell: (event: Event) => void) =>
    (event: Event): void => {
      if (!isCanary(event.fleet)) tell(event);
    };
  return {
    ...observer,
    ...(submitted && {
      submitted: (event) => {
        if (event.tenant !== CANARY) submitted(event);
      },
    }),
    ...(assigned && { assigned: users(assigned) }),
    ...(settled && { settled: users(settled) }),
    ...(passed && { passed: users(passed) }),
    ...(retried && { retried: users(retried) }),
    ...(finished && { finished: users(finished) }),
  };
}
