import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import { withDigest } from '../../../runtime/chaos/chaos-table.ts';

export const BENCH_FLEET = 'bench/worker';
export const BENCH_BUILD = 'v1';

/** Each has one slot; so many jobs BullMQ has at once. */
export const AGENTS = 100;

/** What each task carries, with our store, our scheduler and BullMQ. */
export const BENCH_TEXT = 'x'.repeat(40);

/** One fleet and one route without limits, for the scheduler in this process and for the one behind HTTP. */
export function benchTable(): RoutingTable {
  return withDigest({
    schema: 1,
    environment: 'bench',
    teams: { bench: { weight: 1 } },
    fleets: {
      [BENCH_FLEET]: {
        team: 'bench',
        namespace: 'bench--worker',
        delivery: 'pull',
        slots: 1,
        skills: {},
        providers: [],
        drainMs: 1000,
        builds: { [BENCH_BUILD]: 10_000 },
        accepts: {
          work: {
            queueMs: 600_000,
            runMs: 60_000,
            heartbeatMs: 30_000,
            attempts: 3,
            backoff: { firstMs: 1000, factor: 2, maxMs: 30_000, jitter: 'full' },
            never: [],
            effects: 'idempotent',
          },
        },
        calls: {},
      },
    },
    routes: [
      {
        id: 'bench/work',
        team: 'bench',
        tasks: ['work'],
        labels: {},
        require: [],
        to: [{ fleet: BENCH_FLEET, weight: 100 }],
        priority: { default: 'normal', when: [] },
        limits: {},
        queue: { maxDepth: 1_000_000, maxAgeMs: 600_000, onFull: 'reject' },
        fallback: [],
      },
    ],
    schedules: [],
    providers: {},
    schemas: {},
  });
}
