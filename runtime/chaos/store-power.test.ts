import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeProcess, storeProgram, type StoreProcess } from './store-process.ts';

/**
 * The control for all that is said about power failures: a store that is trusted by many, cut back to what it had synced, loses
 * what it had acknowledged. A kill alone would show nothing, since the system keeps what a killed process has written.
 *
 * What a program has synced is seen only from within it, by a library that a C compiler makes of `testing/log-syncs.c`.
 */
const COMPILER = ['cc', 'gcc', 'clang', 'tcc'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (COMPILER === undefined) console.warn('No C compiler: that `everysec` loses acknowledged writes is not shown here.');

let folder = '';
let library = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-power-'));
  library = join(folder, 'log-syncs.so');
  if (COMPILER === undefined) return;
  const source = join(import.meta.dirname, 'testing/log-syncs.c');
  execFileSync(COMPILER, ['-shared', '-fPIC', '-o', library, source, '-ldl']);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(COMPILER !== undefined).for([
  ['everysec', 6],
  ['always', 6],
] as const)('a store with appendfsync %s, cut to what it had synced', async ([mode, rounds]) => {
  let lost = 0;
  let acknowledged = 0;
  for (let round = 0; round < rounds; round += 1) {
    const outcome = await oneRound(mode, round);
    lost += outcome.lost;
    acknowledged += outcome.acknowledged;
  }
  expect(acknowledged).toBeGreaterThan(rounds * 10);
  if (mode === 'always') expect(lost).toBe(0);
  else expect(lost).toBeGreaterThan(0);
});

async function oneRound(mode: string, round: number): Promise<{ lost: number; acknowledged: number }> {
  const own = join(folder, `${mode}-${round}`);
  mkdirSync(own);
  const syncs = join(own, 'syncs.log');
  const env = { LD_PRELOAD: library, NOVA_TORCH_CHAOS_SYNCS: syncs };
  const store = storeProcess(storeProgram(), own, env);
  await store.start();
  const acknowledged = await writeUntilKilled(store, mode, 150 + 120 * round);
  cut(syncs);
  await store.start();
  const client = new Redis({ path: store.socket });
  const kept = Number((await client.get('n')) ?? 0);
  client.disconnect();
  await store.child().kill();
  return { lost: Math.max(0, acknowledged - kept), acknowledged };
}

/** Counts upwards; gives the last number that was acknowledged. */
async function writeUntilKilled(store: StoreProcess, mode: string, afterMs: number): Promise<number> {
  const client = new Redis({ path: store.socket, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  await client.config('SET', 'appendfsync', mode);
  let acknowledged = 0;
  const timer = setTimeout(() => void store.child().kill(), afterMs);
  for (;;) {
    try {
      acknowledged = await client.incr('n');
    } catch {
      break;
    }
  }
  clearTimeout(timer);
  await store.child().kill();
  client.disconnect();
  return acknowledged;
}

/** The power is gone: of each file that was synced ever, what was synced last is left. */
function cut(syncs: string): void {
  const lines = existsSync(syncs) ? readFileSync(syncs, 'utf8').trim().split('\n') : [];
  const synced = new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
  for (const [path, bytes] of synced) {
    if (path.endsWith('.aof') && existsSync(path) && statSync(path).size > bytes) truncateSync(path, bytes);
  }
}
