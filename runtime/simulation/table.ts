import type { RoutingTable, TableFleet, TableRoute } from '../../spec/contract/routing-table.ts';
import type { World } from './world.ts';

export const FLEET = 'acme/worker';
export const BACKUP = 'acme/backup';
/** Its agents are called, in some seeds. */
export const PUSHED = 'acme/pushed';
export const FLEETS = [FLEET, BACKUP] as const;
export const ROUTE = 'acme/work';
export const IN_FLIGHT = 6;
/** Runs of one key at once, where a table limits them. */
export const PER_KEY = 1;
/** Label of a submission that asks for a turn before the others of its tenant. */
export const URGENT = { class: 'urgent' } as const;

/** What of the language a seed's routing table uses: each seed some of it. */
export interface TableShape {
  readonly perKey: boolean;
  readonly affinity: boolean;
  readonly aging: boolean;
  readonly rate: boolean;
  /** Runs have effects that must not be had twice. */
  readonly external: boolean;
  /** Some tasks go to a fleet whose agents are called. */
  readonly pushed: boolean;
  readonly queueMs: number;
  readonly runMs: number;
}

export function drawShape({ random, pushed }: Pick<World, 'random' | 'pushed'>): TableShape {
  return {
    perKey: random.chance(0.25),
    affinity: random.chance(0.2),
    aging: random.chance(0.25),
    rate: random.chance(0.15),
    queueMs: random.chance(0.15) ? 8000 : 600_000,
    runMs: random.chance(0.15) ? 1500 : 20_000,
    external: random.chance(0.25),
    pushed: pushed.chance(0.5),
  };
}

/** The routing table before an upgrade (version 1) and after it: half of the tasks go to a new build. */
export function simTable(shape: TableShape, version: 1 | 2): RoutingTable {
  const builds = buildsOf(version);
  return {
    schema: 1,
    environment: 'simulation',
    digest: `sha256-simulation-${version}`,
    teams: { acme: { weight: 1 } },
    fleets: {
      [FLEET]: simFleet(shape, builds),
      [BACKUP]: simFleet(shape, builds),
      ...(shape.pushed && { [PUSHED]: pushedFleet(shape, version) }),
    },
    routes: [simRoute(shape)],
    schedules: [],
    providers: {},
    schemas: {},
  };
}

export function buildsOf(version: 1 | 2): Readonly<Record<string, number>> {
  return version === 1 ? { v1: 10_000 } : { v1: 5000, v2: 5000 };
}

function simFleet({ queueMs, runMs, external }: TableShape, builds: TableFleet['builds']): TableFleet {
  return {
    team: 'acme',
    namespace: 'acme--worker',
    delivery: 'pull',
    slots: 3,
    skills: {},
    providers: [],
    drainMs: 1000,
    builds,
    accepts: {
      work: {
        queueMs,
        runMs,
        heartbeatMs: Math.min(2000, runMs),
        attempts: 4,
        backoff: { firstMs: 100, factor: 2, maxMs: 2000, jitter: 'full' },
        never: ['Never'],
        effects: external ? 'external' : 'idempotent',
      },
    },
    calls: {},
  };
}

/** Nothing is known of its builds, and an upgrade changes its slots. */
function pushedFleet(shape: TableShape, version: 1 | 2): TableFleet {
  const fleet = simFleet(shape, buildsOf(1));
  return { ...fleet, delivery: 'push', url: 'http://pushed.acme/v1/tasks', slots: version };
}

function simRoute({ perKey, affinity, aging, rate, pushed }: TableShape): TableRoute {
  return {
    id: ROUTE,
    team: 'acme',
    tasks: ['work'],
    labels: {},
    require: [],
    to: pushed
      ? [
          { fleet: FLEET, weight: 50 },
          { fleet: PUSHED, weight: 50 },
        ]
      : [{ fleet: FLEET, weight: 100 }],
    ...(affinity && {
      affinity: { key: 'input.group', mode: 'soft' as const, holdMs: 3000, spillAfterMs: 500 },
    }),
    priority: {
      default: 'normal',
      when: [{ if: IS_URGENT, then: 'urgent' }],
      ...(aging && { aging: { everyMs: 1500, max: 'high' as const } }),
    },
    limits: {
      inFlight: IN_FLIGHT,
      ...(perKey && { perKey: { key: 'input.group', max: PER_KEY, onFull: 'queue' as const } }),
      ...(rate && { rate: { count: 10, perMs: 1000 } }),
    },
    queue: { maxDepth: 1000, maxAgeMs: 600_000, onFull: 'reject' },
    fallback: [{ when: ['wait-above', 'no-agent'], afterMs: 3000, fleet: BACKUP }],
  };
}

const IS_URGENT = {
  op: '==',
  left: { op: 'field', path: ['labels', 'class'] },
  right: { op: 'literal', value: URGENT.class },
} as const;
