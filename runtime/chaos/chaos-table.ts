import { createHash } from 'node:crypto';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { RoutingTable, TableFleet, TableRoute } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';

/** Fleets of the system that is broken: two, so that a loss is of several shards. */
export const CHAOS_FLEETS = ['chaos/red', 'chaos/blue'] as const;
/** The agents of this one are called, where there are any. */
export const PUSHED_FLEET = 'chaos/green';
export const CHAOS_BUILD = 'v1';
export const CHAOS_ENVIRONMENT = 'chaos';

/** The task type of each fleet. */
export function taskOf(fleet: string): string {
  return `work-${fleet.split('/')[1] ?? ''}`;
}

/**
 * A routing table as the compiler writes them, with leases so short that a stopped agent loses them. `pushUrl`: where the agents of
 * one more fleet are called.
 */
export function chaosTable({
  leaseMs,
  pushUrl,
}: {
  readonly leaseMs: number;
  readonly pushUrl?: string;
}): RoutingTable {
  const fleets = Object.fromEntries(CHAOS_FLEETS.map((fleet) => [fleet, fleetOf(fleet, leaseMs)]));
  if (pushUrl !== undefined) {
    fleets[PUSHED_FLEET] = { ...fleetOf(PUSHED_FLEET, leaseMs), delivery: 'push', url: pushUrl };
  }
  return withDigest({
    schema: 1,
    environment: CHAOS_ENVIRONMENT,
    teams: { chaos: { weight: 1 } },
    fleets,
    routes: Object.keys(fleets).map(routeOf),
    schedules: [],
    providers: {},
    schemas: {},
  });
}

/** A routing table with the digest that its readers hold it to. */
export function withDigest(table: Omit<RoutingTable, 'digest'>): RoutingTable {
  const digest = createHash('sha256')
    .update(canonicalJson(table as unknown as Json))
    .digest('hex');
  return { ...table, digest: `sha256-${digest}` };
}

const HOUR_MS = 3_600_000;

function fleetOf(fleet: string, leaseMs: number): TableFleet {
  return {
    team: 'chaos',
    namespace: fleet.replace('/', '--'),
    delivery: 'pull',
    slots: 16,
    skills: {},
    providers: [],
    drainMs: 2000,
    builds: { [CHAOS_BUILD]: 10_000 },
    accepts: {
      [taskOf(fleet)]: {
        queueMs: HOUR_MS,
        runMs: HOUR_MS,
        heartbeatMs: leaseMs,
        attempts: 5,
        backoff: { firstMs: 50, factor: 2, maxMs: 1000, jitter: 'full' },
        never: [],
        effects: 'idempotent',
      },
    },
    calls: {},
  };
}

function routeOf(fleet: string): TableRoute {
  return {
    id: `chaos/${taskOf(fleet)}`,
    team: 'chaos',
    tasks: [taskOf(fleet)],
    labels: {},
    require: [],
    to: [{ fleet, weight: 100 }],
    priority: { default: 'normal', when: [] },
    limits: {},
    queue: { maxDepth: 100_000, maxAgeMs: HOUR_MS, onFull: 'reject' },
    fallback: [],
  };
}
