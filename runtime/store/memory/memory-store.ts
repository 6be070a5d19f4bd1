import { shardName, type Applied, type Batch, type Gap, type Shard, type Store } from '../store.ts';
import { checkBatch } from '../check-batch.ts';
import { applyBatch } from './apply.ts';
import { cloneShard, emptyShard, type ShardData } from './shard-data.ts';

/**
 * The store in this process: the embedded default, the reference for the other one, and what the simulation runs on. It holds
 * what it is given and nothing outlives it.
 */
export interface MemoryStore extends Store {
  readonly kind: 'memory';
  /** The same as `apply`, at once. */
  applyNow(shard: Shard, batch: Batch): Applied | Gap;
  /** Everything, to go back to: what a store's snapshot is. */
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Everything is gone. */
  wipe(): void;
  /** A shard's data, to be looked at; absent before its first batch. */
  shard(name: string): ShardData | undefined;
}

export type Snapshot = ReadonlyMap<string, ShardData>;

/** `nowUs` is the clock, in microseconds since 1970. */
export function memoryStore({ nowUs }: { readonly nowUs: () => number }): MemoryStore {
  let shards = new Map<string, ShardData>();
  let connections = 1;
  const listeners = new Set<(shard: string) => void>();
  const applyNow = (shard: Shard, batch: Batch): Applied | Gap => {
    checkBatch(batch);
    const name = shardName(shard);
    const data = shards.get(name) ?? emptyShard();
    shards.set(name, data);
    return applyBatch(data, batch, nowUs());
  };
  return {
    kind: 'memory',
    applyNow,
    apply: async (shard, batch) => applyNow(shard, batch),
    hint: (shard) => {
      for (const listener of listeners) listener(shardName(shard));
    },
    onHint: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ping: () => Promise.resolve(),
    connections: () => connections,
    close: () => Promise.resolve(),
    snapshot: () => copy(shards),
    restore: (snapshot) => {
      shards = copy(snapshot);
      connections += 1;
    },
    wipe: () => {
      shards = new Map();
      connections += 1;
    },
    shard: (name) => shards.get(name),
  };
}

function copy(shards: Snapshot): Map<string, ShardData> {
  return new Map([...shards].map(([name, data]) => [name, cloneShard(data)]));
}
