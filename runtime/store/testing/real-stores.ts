import { Redis } from 'ioredis';
import { dragonflyStore } from '../dragonfly/dragonfly-store.ts';
import type { SortedSet } from '../memory/sorted-set.ts';
import type { Applied, Batch, Gap, Shard } from '../store.ts';
import { lua54Store } from './lua54-store.ts';
import { startStoreServer } from './store-server.ts';

/** The script where it really runs, with a clock that is told, and ways to lose what it holds. */
export interface RealStore {
  apply(shard: Shard, batch: Batch, nowUs: number): Promise<Applied | Gap>;
  /** All that it holds, for `restore`. */
  snapshot(): Promise<unknown>;
  restore(snapshot: unknown): Promise<void>;
  wipe(): Promise<void>;
  stop(): Promise<void>;
}

/** In a server of its own, through the client that schedulers use. */
export async function realServer(): Promise<RealStore> {
  const server = await startStoreServer();
  const admin = server.url.startsWith('unix:') ? new Redis({ path: server.url.slice(5) }) : new Redis(server.url);
  const clock = { us: 0 };
  const store = dragonflyStore({ url: server.url, nowUs: () => clock.us });
  await store.ready();
  return {
    apply: (shard, batch, nowUs) => {
      clock.us = nowUs;
      return store.apply(shard, batch);
    },
    snapshot: async () => {
      const keys = await admin.keys('*');
      return Promise.all(keys.map(async (key) => [key, await admin.dumpBuffer(key)] as const));
    },
    restore: async (snapshot) => {
      await admin.flushall();
      for (const [key, value] of snapshot as readonly (readonly [string, Buffer])[]) await admin.restore(key, 0, value);
    },
    wipe: async () => {
      await admin.flushall();
    },
    stop: async () => {
      await store.close();
      admin.disconnect();
      await server.stop();
    },
  };
}

/** Under Lua 5.4, as Dragonfly has it, with undeclared keys and globals refused. */
export async function realLua54(source?: string): Promise<RealStore> {
  const clock = { us: 0 };
  const store = await lua54Store(() => clock.us, source);
  const { sorted, hashes } = store.commands;
  const wipe = (): void => {
    sorted.clear();
    hashes.clear();
  };
  return {
    apply: (shard, batch, nowUs) => {
      clock.us = nowUs;
      return store.apply(shard, batch);
    },
    snapshot: () => Promise.resolve({ sorted: cloneSets(sorted), hashes: cloneHashes(hashes) }),
    restore: (snapshot) => {
      const kept = snapshot as Kept;
      wipe();
      for (const [key, set] of cloneSets(kept.sorted)) sorted.set(key, set);
      for (const [key, hash] of cloneHashes(kept.hashes)) hashes.set(key, hash);
      return Promise.resolve();
    },
    wipe: () => Promise.resolve(wipe()),
    stop: () => store.close(),
  };
}

interface Kept {
  readonly sorted: ReadonlyMap<string, SortedSet>;
  readonly hashes: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

function cloneSets(sets: Kept['sorted']): Map<string, SortedSet> {
  return new Map([...sets].map(([key, set]) => [key, set.clone()]));
}

function cloneHashes(hashes: Kept['hashes']): Map<string, Map<string, string>> {
  return new Map([...hashes].map(([key, hash]) => [key, new Map(hash)]));
}
