import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startChild, type Child } from './child.ts';
import { ChaosRefused } from './refused.ts';

/** A store of one's own, behind a socket in a folder of its own, that can be killed, set back and emptied. */
export interface StoreProcess {
  readonly program: string;
  /** Whether what was written is there again after a kill. */
  readonly keeps: boolean;
  readonly socket: string;
  child(): Child;
  /** Starts it, with what its folder holds. */
  start(): Promise<void>;
  /** Keeps what it holds now, for `rollBack`. */
  snapshot(): Promise<void>;
  /** Of a killed one: it starts with the last snapshot. */
  rollBack(): void;
  /** Of a killed one: it starts empty. */
  wipe(): void;
  flush(): Promise<void>;
}

const PROGRAMS = ['valkey-server', 'redis-server', 'dragonfly'] as const;

/** The first store that is installed. Throws `ChaosRefused` saying what to install. */
export function storeProgram(wanted?: string): string {
  const found = (wanted === undefined ? PROGRAMS : [wanted]).find(
    (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
  if (found !== undefined) return found;
  throw new ChaosRefused(
    `there is no ${wanted ?? 'store'} to break`,
    'install Valkey, Redis or Dragonfly; on Debian: apt-get install redis-server',
  );
}

export function storeProcess(
  program: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): StoreProcess {
  const data = join(folder, 'data');
  const kept = join(folder, 'snapshot');
  const socket = join(folder, 'socket');
  const isDragonfly = program.endsWith('dragonfly');
  let child: Child | undefined;
  const running = (): Child => {
    if (child === undefined) throw new Error('the store was not started');
    return child;
  };
  const replace = (from: string | undefined): void => {
    rmSync(data, { recursive: true, force: true });
    if (from !== undefined && existsSync(from)) cpSync(from, data, { recursive: true });
  };
  return {
    program,
    keeps: !isDragonfly,
    socket,
    child: running,
    start: async () => {
      mkdirSync(data, { recursive: true });
      rmSync(socket, { force: true });
      child = startChild({ program, args: argumentsOf(isDragonfly, data, socket), cwd: folder, env });
      await answers(socket, child);
    },
    snapshot: async () => {
      if (isDragonfly) await ask(socket, (client) => client.call('SAVE', 'DF', 'snapshot'));
      rmSync(kept, { recursive: true, force: true });
      // An append-only file that is copied while it grows is an earlier moment of itself.
      cpSync(data, kept, { recursive: true });
    },
    rollBack: () => replace(kept),
    wipe: () => replace(undefined),
    flush: async () => {
      await ask(socket, (client) => client.flushall());
    },
  };
}

function argumentsOf(isDragonfly: boolean, data: string, socket: string): readonly string[] {
  const common = ['--port', '0', '--unixsocket', socket, '--dir', data];
  if (isDragonfly) return [...common, '--dbfilename', 'snapshot', '--proactor_threads', '1'];
  const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--aof-use-rdb-preamble', 'no'];
  return [...common, ...durable, '--auto-aof-rewrite-percentage', '0'];
}

async function ask<Answer>(socket: string, command: (client: Redis) => Promise<Answer>): Promise<void> {
  const client = new Redis({ path: socket, maxRetriesPerRequest: 0, retryStrategy: () => null, commandTimeout: 3000 });
  client.on('error', () => undefined);
  try {
    await command(client);
  } finally {
    client.disconnect();
  }
}

const START_MS = 15_000;

async function answers(socket: string, child: Child): Promise<void> {
  const client = new Redis({ path: socket, retryStrategy: () => 10, maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  try {
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), START_MS).unref());
    const answered = client.ping().then(
      () => true,
      () => false,
    );
    if (await Promise.race([answered, late, child.ended.then(() => false)])) return;
    throw new Error(`the store did not start:\n${child.tail().join('\n')}`);
  } finally {
    client.disconnect();
  }
}
