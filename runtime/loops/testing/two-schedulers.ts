import { Redis } from 'ioredis';
import { afterEach, expect } from 'vitest';
import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import { dragonflyStore } from '../../store/dragonfly/dragonfly-store.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Applied, Gap, Store } from '../../store/store.ts';
import { startStoreServer } from '../../store/testing/store-server.ts';
import type { EngineBounds } from '../engine.ts';
import type { RunningScheduler } from '../scheduler.ts';
import { Bench, submission, table } from './bench.ts';

/** Two schedulers over one real store, each with a way to it of its own. What was started ends with its test. */
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A way to the store that can be cut, or keep what is sent until it is delivered. */
export interface Way {
  readonly store: Store;
  state: 'open' | 'cut' | 'stuck';
  readonly stuck: (() => Promise<Applied | Gap>)[];
}

export async function twoSchedulers(bounds: Partial<EngineBounds> = {}, changes: Partial<RoutingTable> = {}) {
  const server = await startStoreServer();
  const admin = server.url.startsWith('unix:') ? new Redis({ path: server.url.slice(5) }) : new Redis(server.url);
  const bench = new Bench(['s-0', 's-1']);
  const [way, otherWay] = await Promise.all([wayTo(server.url), wayTo(server.url)]);
  ends.push(async () => {
    admin.disconnect();
    await server.stop();
  });
  ends.push(() => bench.close());
  const options = { table: table(changes), bounds: { patienceMs: 400, ...bounds } };
  const first = await bench.start('s-0', { ...options, store: way.store });
  const second = await bench.start('s-1', { ...options, store: otherWay.store });
  await bothUp([first, second]);
  return { admin, bench, way, otherWay, first, second, options };
}

async function wayTo(url: string): Promise<Way> {
  const inner = dragonflyStore({ url });
  ends.push(() => inner.close());
  await inner.ready();
  const way: Way = {
    state: 'open',
    stuck: [],
    store: {
      ...inner,
      apply: (shard, batch) => {
        if (way.state === 'open') return inner.apply(shard, batch);
        const isWord = batch.operations.some(({ op }) => op === 'present');
        if (way.state === 'stuck' && isWord) way.stuck.push(() => inner.apply(shard, batch));
        return Promise.reject(new StoreFailure('unavailable', 'cut off'));
      },
    },
  };
  return way;
}

export async function bothUp(schedulers: readonly RunningScheduler[]): Promise<void> {
  await expect.poll(() => schedulers.map((one) => one.status().store), { timeout: 10_000 }).toEqual(['up', 'up']);
}

export async function accepted(
  scheduler: RunningScheduler,
  key: string,
  input: Readonly<Record<string, string>> = {},
): Promise<{ readonly id: string; readonly status: string }> {
  const outcome = await scheduler.submit(submission(key, input));
  if (outcome.kind !== 'accepted') throw new Error(`${key} is ${outcome.kind}`);
  return outcome.response;
}
