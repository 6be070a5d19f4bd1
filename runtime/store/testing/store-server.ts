import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A server of one's own, in a directory of its own, reached by a socket of its own. */
export interface StoreServer {
  readonly url: string;
  /** Of the process; absent when the server was there before. */
  readonly pid?: number;
  /** Ends the server, and forgets what it held. */
  stop(): Promise<void>;
}

/** One that may be killed: its append-only file has all that it has answered. */
export interface DurableServer extends StoreServer {
  /** kill -9, and another process over the same files. */
  killAndRestart(): Promise<void>;
}

/** Programs that any of these tests can run, the first one found. */
export const STORE_SERVERS = ['dragonfly', 'valkey-server', 'redis-server'] as const;

/** The one that `NOVA_TORCH_STORE_URL` names, emptied; else a new one. Fails saying what to install. */
export async function startStoreServer(extra: readonly string[] = []): Promise<StoreServer> {
  const given = process.env['NOVA_TORCH_STORE_URL'];
  if (given !== undefined) return useGiven(given);
  const name = STORE_SERVERS.find(isInstalled);
  if (name === undefined) {
    throw new Error(
      `These tests need a store: install Dragonfly, Valkey or Redis (on Debian: apt-get install redis-server), or name one in NOVA_TORCH_STORE_URL.`,
    );
  }
  return startOwn(name, extra);
}

/** Valkey or Redis that writes before it answers; Dragonfly has no append-only file. */
export async function startDurableServer(): Promise<DurableServer> {
  const name = (['valkey-server', 'redis-server'] as const).find(isInstalled);
  if (name === undefined) throw new Error('This test needs Valkey or Redis (on Debian: apt-get install redis-server).');
  return startOwn(name, ['--appendonly', 'yes', '--appendfsync', 'always']);
}

function isInstalled(server: string): boolean {
  return spawnSync(server, ['--version'], { stdio: 'ignore' }).status === 0;
}

async function useGiven(url: string): Promise<StoreServer> {
  const client = new Redis(url);
  await client.flushall();
  return {
    url,
    stop: async () => {
      await client.flushall();
      client.disconnect();
    },
  };
}

async function startOwn(name: (typeof STORE_SERVERS)[number], extra: readonly string[]): Promise<DurableServer> {
  const directory = mkdtempSync(join(tmpdir(), 'nova-torch-store-'));
  const socket = join(directory, 'socket');
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(name, [...argumentsOf(name, directory, socket), ...extra], { stdio: 'ignore' });
    child.unref();
    await answers(socket, child);
    return child;
  };
  let child = await start();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // Nothing else may be left that keeps this process waiting.
    child.ref();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `unix:${socket}`,
    ...(child.pid !== undefined && { pid: child.pid }),
    killAndRestart: async () => {
      await kill();
      child = await start();
    },
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function argumentsOf(name: (typeof STORE_SERVERS)[number], directory: string, socket: string): readonly string[] {
  if (name === 'dragonfly') {
    return ['--port', '0', '--unixsocket', socket, '--dir', directory, '--dbfilename', '', '--proactor_threads', '1'];
  }
  return ['--port', '0', '--unixsocket', socket, '--dir', directory, '--save', '', '--appendonly', 'no'];
}

async function answers(socket: string, child: ChildProcess): Promise<void> {
  const client = new Redis({ path: socket, retryStrategy: () => 10, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('the store ended before it answered')));
  try {
    await Promise.race([client.ping(), gone]);
  } finally {
    client.disconnect();
    gone.catch(() => undefined);
  }
}
