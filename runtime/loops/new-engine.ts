import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Observer } from '../core/observer.ts';
import { agentPool } from './agent-pool.ts';
import { breakers, providerBreaker } from './breakers.ts';
import type { Engine, EngineBounds } from './engine.ts';
import type { Ledger } from './ledger.ts';
import type { SchedulerOptions } from './scheduler.ts';
import type { Tables } from './tables.ts';
import { writtenEnds } from './written-ends.ts';

export const DEFAULT_BOUNDS: EngineBounds = {
  admission: {
    bodyBytesMax: 65_536,
    journalBytesMax: 1_073_741_824,
    backlogAgeMsMax: 5000,
    sender: { perSecond: 2000, burst: 4000 },
  },
  patienceMs: 5000,
  pollMs: 30_000,
  // By then a longer batch costs hardly less for each of them.
  callWorth: 40,
  tickMs: 250,
  idleTickMs: 1000,
  holdMs: 30_000,
};

interface Parts {
  readonly options: Omit<SchedulerOptions, 'table'>;
  readonly ledger: Ledger;
  readonly observer: Observer;
  readonly table: Tables;
}

/** A scheduler that has joined no shard yet. */
export function newEngine({ options, ledger, observer, table }: Parts): Engine {
  const { name, schedulers, store, clock } = options;
  return {
    name,
    schedulers,
    store,
    ledger,
    ends: writtenEnds(),
    clock,
    observer,
    beginTrace: options.beginTrace ?? ((traceparent) => traceparent),
    tables: table,
    pool: agentPool(() => clock.nowMs()),
    breakers: breakers(
      () => clock.nowMs(),
      (dependency) => breakerSettings(table.compiled.table, dependency),
      (dependency, state) => observer.breaker?.(dependency, state === 'half-open' ? 'half_open' : state),
    ),
    bounds: { ...DEFAULT_BOUNDS, ...options.bounds },
    fleets: new Map(),
    runs: new Map(),
    providerRests: new Map(),
    buckets: new Map(),
    watchers: new Map(),
    completing: new Map(),
    asides: new Set(),
    moving: new Set(),
    strays: new Map(),
    stopping: false,
    storeAway: undefined,
  };
}

function breakerSettings(
  { providers }: RoutingTable,
  dependency: string,
): RoutingTable['providers'][string]['breaker'] | undefined {
  const prefix = providerBreaker('');
  return dependency.startsWith(prefix) ? providers[dependency.slice(prefix.length)]?.breaker : undefined;
}
