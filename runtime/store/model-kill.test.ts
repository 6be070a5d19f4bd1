import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dragonflyStore, type DragonflyStore } from './dragonfly/dragonfly-store.ts';
import { memoryStore } from './memory/memory-store.ts';
import { StoreFailure } from './store-failure.ts';
import { shardName, type Applied, type Batch, type Gap } from './store.ts';
import { SHARD, START_MS } from './testing/bench.ts';
import { dumpMemory, dumpRedis } from './testing/dump.ts';
import { turns } from './testing/random-batches.ts';
import { startDurableServer, type DurableServer } from './testing/store-server.ts';

/**
 * The same talks with a server that is killed between any two of their turns, and comes back: it knows all that it had answered.
 * A run that fails is cut down by fast-check to the few turns and the one kill that matter.
 */
const RUNS = process.env['NOVA_TORCH_FULL'] === undefined ? 20 : 60;

let server: DurableServer;
let admin: Redis;
let store: DragonflyStore;
let nowMs = START_MS;

beforeAll(async () => {
  server = await startDurableServer();
  admin = new Redis({ path: server.url.slice('unix:'.length), retryStrategy: () => 5, maxRetriesPerRequest: null });
  admin.on('error', () => undefined);
  store = dragonflyStore({ url: server.url, nowUs: () => nowMs * 1000 });
  await store.ready();
});

afterAll(async () => {
  await store.close();
  admin.disconnect();
  await server.stop();
});

/** Once the store is there again; nothing was sent meanwhile. */
async function applied(batch: Batch): Promise<Applied | Gap> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await store.apply(SHARD, batch);
    } catch (error) {
      if (!(error instanceof StoreFailure) || tries > 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

test('a server that is killed again and again knows all that it has answered', { timeout: 300_000 }, async () => {
  let kills = 0;
  await fc.assert(
    fc.asyncProperty(turns, fc.array(fc.nat(2), { minLength: 10, maxLength: 60 }), async (talk, mood) => {
      await admin.flushall();
      nowMs = START_MS;
      const memory = memoryStore({ nowUs: () => nowMs * 1000 });
      for (const [number, { waitMs, draws }] of talk.entries()) {
        nowMs += waitMs;
        const operations = draws.map(({ operation }) => operation);
        const position = { scheduler: 's-1', prevLsn: number, lsn: number + 1, number, tokenFloor: 0, beat: 0 };
        const batch: Batch = { ...position, after: Math.max(0, number - 1), operations };
        expect(await applied(batch)).toEqual(await memory.apply(SHARD, batch));
        if (mood[number] !== 0) continue;
        kills += 1;
        await server.killAndRestart();
      }
      const data = memory.shard(shardName(SHARD));
      if (data !== undefined) expect(await dumpRedis(admin, SHARD)).toEqual(dumpMemory(data));
    }),
    { numRuns: RUNS },
  );
  expect(kills).toBeGreaterThan(RUNS);
});
