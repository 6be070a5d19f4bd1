import { Redis, type RedisOptions } from 'ioredis';
import { checkBatch } from '../check-batch.ts';
import { shardName, type Applied, type Batch, type Gap, type Shard, type Store } from '../store.ts';
import { decodeAnswer } from './decode.ts';
import { KEY_COUNT, encodeBatch, keysOf } from './encode.ts';
import { asStoreFailure } from './failure.ts';
import { ScriptCall } from './script-call.ts';
import { APPLY_LUA, APPLY_SHA } from './script.ts';

/**
 * The store in Dragonfly, Valkey or Redis: two connections whatever the number of agents, one for batches and, once somebody
 * listens, one for hints.
 *
 * While there is no connection every call fails at once (`unavailable`): nothing is queued and nothing is sent twice behind
 * the caller's back, since a batch that was sent again could lease twice. Connecting is tried again for ever, with a delay
 * that grows to a second. A server that has lost the script gets it again.
 */
export interface DragonflyOptions {
  /** `redis://`, `rediss://` or `unix:` with a path. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisOptions['tls'];
  /** How long a command may take. */
  readonly commandMs?: number;
  /** The clock in microseconds, where it is not the server's: in tests and in the simulation. */
  readonly nowUs?: () => number;
}

const HINTS = 'nova-torch:hint';
const COMMAND_MS = 2000;
const CONNECT_MS = 2000;
const RETRY_MAX_MS = 1000;

export interface DragonflyStore extends Store {
  readonly kind: 'dragonfly';
  /** Resolves with the first connection; rejects with a `StoreFailure` when the server refuses us. */
  ready(): Promise<void>;
}

export function dragonflyStore(options: DragonflyOptions): DragonflyStore {
  const client = connect(options);
  /** Why there is no connection: a call that finds none says only that. */
  let absence: Error | undefined;
  client.on('error', (error: Error) => {
    absence = error;
  });
  client.on('ready', () => {
    absence = undefined;
  });
  const listeners = new Set<(shard: string) => void>();
  let subscriber: Redis | undefined;
  let connections = 0;
  client.on('ready', () => {
    connections += 1;
  });
  const keys = new Map<string, readonly string[]>();

  const keysFor = (shard: Shard): readonly string[] => {
    const name = shardName(shard);
    const known = keys.get(name) ?? keysOf(shard);
    keys.set(name, known);
    return known;
  };

  return {
    kind: 'dragonfly',
    ready: () => whenReady(client),
    apply: async (shard, batch) => {
      checkBatch(batch);
      const isThere = client.status === 'ready';
      try {
        return await apply(client, keysFor(shard), batch, options.nowUs?.());
      } catch (error) {
        throw isThere || absence === undefined ? error : asStoreFailure(absence);
      }
    },
    hint: (shard) => {
      client.publish(HINTS, shardName(shard)).catch(() => undefined);
    },
    onHint: (listener) => {
      subscriber ??= listen(options, listeners);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ping: async () => {
      await answered(client.ping());
    },
    connections: () => connections,
    close: () => {
      client.disconnect();
      subscriber?.disconnect();
      return Promise.resolve();
    },
  };
}

async function apply(client: Redis, keys: readonly string[], batch: Batch, nowUs?: number): Promise<Applied | Gap> {
  const args = [...keys, ...encodeBatch(batch, nowUs)];
  try {
    return decodeAnswer(await client.sendCommand(new ScriptCall(APPLY_SHA, args)), batch);
  } catch (error) {
    if (!isUnknownScript(error)) throw asStoreFailure(error);
  }
  try {
    return decodeAnswer(await client.eval(APPLY_LUA, KEY_COUNT, ...args), batch);
  } catch (error) {
    throw asStoreFailure(error);
  }
}

async function answered<Answer>(command: Promise<Answer>): Promise<Answer> {
  try {
    return await command;
  } catch (error) {
    throw asStoreFailure(error);
  }
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function connect({ url, username, password, tls, commandMs = COMMAND_MS }: DragonflyOptions): Redis {
  const options = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls }),
    connectTimeout: CONNECT_MS,
    commandTimeout: commandMs,
    // What scripts return is the same in both protocols; every server has the older one.
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // `listen` does it: the client's own attempt, lost with its connection, is a rejection that nobody hears of but Node.
    autoResubscribe: false,
    // A server that loads says so to the first command; asking first would cost 400 ms at every restart.
    enableReadyCheck: false,
    retryStrategy: (attempt: number) => Math.min(RETRY_MAX_MS, 20 * 2 ** Math.min(attempt, 6)),
  } satisfies RedisOptions;
  const client = url.startsWith('unix:') ? new Redis({ ...options, path: url.slice(5) }) : new Redis(url, options);
  // Each failed attempt is an event; who calls learns of it from the call.
  client.on('error', () => undefined);
  return client;
}

function listen(options: DragonflyOptions, listeners: ReadonlySet<(shard: string) => void>): Redis {
  const subscriber = connect(options);
  subscriber.on('message', (_channel, shard) => {
    for (const listener of listeners) listener(shard);
  });
  // Again after each reconnect: hints lost meanwhile are made up for by the next tick.
  const subscribe = (): void => {
    subscriber.subscribe(HINTS).catch(() => undefined);
  };
  subscriber.on('ready', subscribe);
  return subscriber;
}

async function whenReady(client: Redis): Promise<void> {
  if (client.status !== 'ready') await new Promise<void>((resolve) => client.once('ready', () => resolve()));
  await answered(client.ping());
}
