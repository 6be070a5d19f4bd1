import type { MemoryStore, Snapshot } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import {
  shardName,
  type Applied,
  type Batch,
  type Gap,
  type Operation,
  type Shard,
  type Store,
} from '../store/store.ts';
import type { World } from './world.ts';

/** The server: what it holds, and what happens to it. */
export class SimServer {
  readonly memory: MemoryStore;
  readonly #world: World;
  #snapshots: Snapshot[] = [];
  /** Rises when it starts anew. */
  generation = 1;
  up = true;
  readonly listeners = new Set<(shard: string) => void>();

  constructor(world: World, memory: MemoryStore) {
    this.#world = world;
    this.memory = memory;
  }

  keepSnapshot(): void {
    this.#snapshots = [...this.#snapshots.slice(-3), this.memory.snapshot()];
  }

  /** Gone, and back with what it had, with what it had some time ago, or with nothing. */
  restart(with_: 'same' | 'old' | 'nothing', awayMs: number): void {
    this.up = false;
    this.generation += 1;
    this.#world.after(awayMs, () => {
      this.up = true;
      this.generation += 1;
      this.lose(with_);
    });
  }

  /** The same without a new connection: FLUSHALL, or a snapshot loaded in place. */
  lose(with_: 'same' | 'old' | 'nothing'): void {
    this.#world.note(`fault:store-${with_}`);
    if (with_ === 'nothing') this.memory.wipe();
    const old = this.#snapshots.length === 0 ? undefined : this.#world.random.pick(this.#snapshots);
    if (with_ === 'old' && old !== undefined) this.memory.restore(old);
  }
}

/** How bad the way to the server is. */
export interface StoreWeather {
  /** Share of calls that are never heard of by the server, or whose answers are lost. */
  lostCalls: number;
  lostAnswers: number;
  delayMs: number;
  /** No way to the server at all. */
  cut: boolean;
}

const TIMEOUT_MS = 1000;

/** The store as one scheduler sees it. */
export function simStore(
  world: World,
  server: SimServer,
  weather: StoreWeather,
  process: { readonly alive: boolean },
): Store {
  let busyUntil = 0;
  const run = (
    shard: Shard,
    batch: Batch,
    resolve: (answer: Applied | Gap) => void,
    reject: (e: Error) => void,
  ): void => {
    const { random } = world;
    const fail = (ms: number): void => {
      world.after(ms, () => process.alive && reject(new StoreFailure('unavailable', 'no answer in time')));
    };
    if (weather.cut || !server.up) {
      world.note('fault:store-unreachable');
      fail(random.between(0.1, 20));
      return;
    }
    const { generation } = server;
    // One connection: what is sent first arrives first.
    const arrives = Math.max(busyUntil, world.now + random.between(0.05, 1 + weather.delayMs));
    busyUntil = arrives;
    if (random.chance(weather.lostCalls)) {
      world.note('fault:call-lost');
      fail(TIMEOUT_MS);
      return;
    }
    world.after(arrives - world.now, () => {
      if (!server.up || server.generation !== generation) {
        if (process.alive) reject(new StoreFailure('unavailable', 'the connection was lost'));
        return;
      }
      const answer = server.memory.applyNow(shard, batch);
      world.note(
        'store',
        `${batch.scheduler} ${shardName(shard)} ${answer.kind} ${batch.operations.map(named).join(',')}`,
      );
      if (random.chance(weather.lostAnswers)) {
        world.note('fault:answer-lost');
        fail(TIMEOUT_MS);
        return;
      }
      world.after(random.between(0.05, 1 + weather.delayMs), () => {
        if (process.alive) resolve(answer);
      });
    });
  };
  return {
    kind: 'memory',
    apply: (shard, batch) => new Promise((resolve, reject) => run(shard, batch, resolve, reject)),
    hint: (shard) => {
      if (weather.cut || !server.up || world.random.chance(HINTS_LOST)) return;
      for (const listener of server.listeners)
        world.after(world.random.between(0.1, 3), () => listener(shardName(shard)));
    },
    onHint: (listener) => {
      const heard = (shard: string): void => {
        if (process.alive) listener(shard);
      };
      server.listeners.add(heard);
      return () => server.listeners.delete(heard);
    },
    ping: () => Promise.resolve(),
    connections: () => server.generation,
    close: () => Promise.resolve(),
  };
}

const HINTS_LOST = 0.2;

/** An operation and the end of its task's id. */
function named(operation: Operation): string {
  const id = operation.op === 'submit' ? operation.task.id : 'id' in operation ? operation.id : undefined;
  return id === undefined ? operation.op : `${operation.op}:${id.slice(-4)}`;
}
