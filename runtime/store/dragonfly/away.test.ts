import { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { StoreFailure } from '../store-failure.ts';
import { SHARD, Talker } from '../testing/bench.ts';
import { startStoreServer, type StoreServer } from '../testing/store-server.ts';
import { dragonflyStore, type DragonflyStore } from './dragonfly-store.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function server(): Promise<{ readonly server: StoreServer; readonly admin: Redis }> {
  const one = await startStoreServer();
  const admin = one.url.startsWith('unix:') ? new Redis({ path: one.url.slice(5) }) : new Redis(one.url);
  admin.on('error', () => undefined);
  ends.push(async () => {
    admin.disconnect();
    await one.stop();
  });
  return { server: one, admin };
}

function storeAt(url: string, more: { readonly username?: string; readonly password?: string } = {}): DragonflyStore {
  const store = dragonflyStore({ url, nowUs: () => 1e15, ...more });
  ends.push(() => store.close());
  return store;
}

/** What a call says of the store. */
async function why(store: DragonflyStore): Promise<string> {
  const failure: unknown = await new Talker({ store, now: 0 }).submit('t1').catch((error: unknown) => error);
  return failure instanceof StoreFailure ? `${failure.kind} ${failure.message}` : 'nothing';
}

test('a call that finds no connection says why there is none', async () => {
  const { server: one } = await server();
  const url = one.url;
  await one.stop();
  const store = storeAt(url);
  await expect.poll(() => why(store)).toMatch(/^unavailable connect (?:ECONNREFUSED|ENOENT)/);
});

test('a server that has lost the script gets it again', async () => {
  const { server: one, admin } = await server();
  const store = storeAt(one.url);
  await store.ready();
  const talker = new Talker({ store, now: 0 });
  await talker.policy();
  await admin.script('FLUSH');
  expect(await talker.submit('t1')).toEqual({ kind: 'accepted' });
});

test('a server that asks who we are is told, and one that does not know us is said to refuse us', async () => {
  const { server: one, admin } = await server();
  await admin.config('SET', 'requirepass', 'secret');
  try {
    const known = storeAt(one.url, { username: 'default', password: 'secret' });
    await known.ready();
    await known.ping();
    await expect(storeAt(one.url).ready()).rejects.toMatchObject({ name: 'StoreFailure', kind: 'refused' });
    const strangers = [storeAt(one.url), storeAt(one.url, { username: 'default', password: 'wrong' })];
    for (const stranger of strangers) {
      await expect.poll(() => why(stranger)).toMatch(/^refused (?:it asks for a login|NOAUTH|WRONGPASS)/);
    }
  } finally {
    await admin.config('SET', 'requirepass', '');
  }
});

test('while the server is away every call fails at once, and a hint does not', async () => {
  const { server: one } = await server();
  const store = storeAt(one.url);
  await store.ready();
  const heard: string[] = [];
  const stop = store.onHint((shard) => heard.push(shard));
  await expect
    .poll(() => {
      store.hint(SHARD);
      return heard.length;
    })
    .toBeGreaterThan(0);
  stop();
  await one.stop();
  await expect(store.ping()).rejects.toBeInstanceOf(StoreFailure);
  const talker = new Talker({ store, now: 0 });
  await expect(talker.submit('t1')).rejects.toMatchObject({ kind: 'unavailable' });
  expect(() => store.hint(SHARD)).not.toThrow();
});
