import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARD, START_MS, Talker, type Bench } from '../testing/bench.ts';
import { conforms } from '../testing/conformance.ts';
import { startStoreServer, type StoreServer } from '../testing/store-server.ts';
import { dragonflyStore } from './dragonfly-store.ts';
import { keysOf } from './encode.ts';

let server: StoreServer;
let admin: Redis;

beforeAll(async () => {
  server = await startStoreServer();
  admin = server.url.startsWith('unix:') ? new Redis({ path: server.url.slice(5) }) : new Redis(server.url);
});

afterAll(async () => {
  admin.disconnect();
  await server.stop();
});

async function newBench(): Promise<Bench> {
  await admin.flushall();
  const bench: { now: number; store: ReturnType<typeof dragonflyStore> } = {
    now: START_MS,
    store: dragonflyStore({ url: server.url, nowUs: () => bench.now * 1000 }),
  };
  await bench.store.ready();
  return bench;
}

conforms('dragonfly', newBench);

test('what changes most is no list that each change searches, however little of it there is', async () => {
  const talker = new Talker(await newBench());
  await talker.policy();
  await talker.submit('t1', { queueMs: 60_000 });
  const changing = keysOf(SHARD).filter((key) => /:[bdi]$/.test(key));
  expect(changing).toHaveLength(3);
  for (const key of changing) {
    expect(await admin.object('ENCODING', key), key).toEqual(expect.not.stringMatching(/listpack|ziplist/));
  }
});
