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
import type { SimServer } from './sim-server.ts';
import type { World } from './world.ts';

/** How bad the way to the server is. */
export interface StoreWeather {
  /** Share of calls that are never heard of by the server, or whose answers are lost. */
  lostCalls: number;
  lostAnswers: number;
  /** Share of calls that arrive long after their sender has given up, behind those of its next connection. */
  lateCalls: number;
  delayMs: number;
  /** What does not come through: `all` refuses at once, in one direction the sender waits in vain. */
  cut: 'nothing' | 'all' | 'calls' | 'answers';
}

export const FAIR_WEATHER: StoreWeather = { lostCalls: 0, lostAnswers: 0, lateCalls: 0, delayMs: 1, cut: 'nothing' };

const TIMEOUT_MS = 1000;
const LATE_MS = 8000;

/** The store as one scheduler sees it. */
export function simStore(
  world: World,
  server: SimServer,
  weather: StoreWeather,
  process: { readonly alive: boolean },
): Store {
  let busyUntil = 0;
  /** Shards with a call on its way. */
  const calls = new Set<string>();
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
    const told = (answer: Applied | Gap): void => {
      const operations = batch.operations.map(named).join(',');
      world.note('store', `${batch.scheduler} ${shardName(shard)} ${answer.kind} ${operations}`);
    };
    if (weather.cut === 'all' || !server.up) {
      world.note('fault:store-unreachable');
      fail(random.between(0.1, 20));
      return;
    }
    const { generation } = server;
    if (weather.cut === 'calls' || random.chance(weather.lostCalls)) {
      world.note('fault:call-lost');
      fail(TIMEOUT_MS);
      return;
    }
    if (random.chance(weather.lateCalls)) {
      fail(TIMEOUT_MS);
      world.after(random.between(TIMEOUT_MS, LATE_MS), () => {
        if (!server.up || server.generation !== generation) return;
        world.note('fault:call-late');
        server.apply(shard, batch, (answer) => told(answer));
      });
      return;
    }
    // One connection: what is sent first arrives first.
    const arrives = Math.max(busyUntil, world.now + random.between(0.05, 1 + weather.delayMs));
    busyUntil = arrives;
    world.after(arrives - world.now, () => {
      if (!server.up || server.generation !== generation) {
        if (process.alive) reject(new StoreFailure('unavailable', 'the connection was lost'));
        return;
      }
      server.apply(shard, batch, (answer) => {
        told(answer);
        if (weather.cut === 'answers' || random.chance(weather.lostAnswers)) {
          world.note('fault:answer-lost');
          fail(TIMEOUT_MS);
          return;
        }
        world.after(random.between(0.05, 1 + weather.delayMs), () => {
          if (process.alive) resolve(answer);
        });
      });
    });
  };
  return {
    kind: 'memory',
    apply: async (shard, batch) => {
      const name = shardName(shard);
      if (calls.has(name)) world.note('store:two-calls');
      calls.add(name);
      try {
        return await new Promise((resolve, reject) => run(shard, batch, resolve, reject));
      } finally {
        calls.delete(name);
      }
    },
    hint: (shard) => {
      if (weather.cut !== 'nothing' || !server.up || world.random.chance(HINTS_LOST)) return;
      for (const listener of server.hints) world.after(world.random.between(0.1, 3), () => listener(shardName(shard)));
    },
    onHint: (listener) => {
      const heard = (shard: string): void => {
        if (process.alive) listener(shard);
      };
      server.hints.add(heard);
      return () => server.hints.delete(heard);
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
