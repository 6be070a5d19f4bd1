import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { START_MS, type Bench } from '../testing/bench.ts';
import { conforms } from '../testing/conformance.ts';
import { startStoreServer, type StoreServer } from '../testing/store-server.ts';
import { dragonflyStore } from './dragonfly-store.ts';

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
