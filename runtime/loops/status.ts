import type { SchedulerStatus } from '../core/scheduler.ts';
import type { Engine } from './engine.ts';
import type { ShardLink } from './shard-link.ts';

/** `Scheduler.status`. */
export function statusOf(engine: Engine, refusedTable: string | undefined): SchedulerStatus {
  const { compiled, loadedAtMs } = engine.tables;
  const { digest, schema: version, environment } = compiled.table;
  return {
    ready: !engine.stopping,
    draining: engine.stopping,
    store: storeState(engine),
    table: { digest, version, environment, loadedAtMs },
    ...(refusedTable !== undefined && { refusedTable }),
  };
}

function storeState({ fleets }: Engine): SchedulerStatus['store'] {
  const states = new Set([...fleets.values()].map(({ link }) => link.state));
  if (states.has('lost')) return 'down';
  return states.has('replaying') ? 'recovering' : 'up';
}

/**
 * Tells the observer whether the store is there; only what changed, as that it is back and
 * refuses us. `isBegun`: also a shard that was never joined counts as lost.
 * A scheduler that has just begun joins one after the other. A store that tells where a shard is, but takes nothing (it is full, or a
 * replica), would come and go with every attempt: it is back when the shard is up.
 */
export function noteStore(engine: Engine, isBegun = engine.storeAway !== undefined): void {
  const links = [...engine.fleets.values()].map(({ link }) => link);
  const isAway = ({ state, failure }: ShardLink): boolean => state === 'lost' || failure !== undefined;
  const lost = links.find((link) => isAway(link) && (isBegun || link.joins > 0));
  const away = lost === undefined ? undefined : (lost.failure?.kind ?? 'unavailable');
  if (away === engine.storeAway) return;
  engine.storeAway = away;
  engine.observer.breaker?.('store', away === undefined ? 'closed' : 'open', lost?.failure?.message);
}
