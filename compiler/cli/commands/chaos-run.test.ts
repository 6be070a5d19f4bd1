import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { BUILT } from '../testing/built.ts';
import { runHere } from '../testing/host.ts';

test.for([
  [['--faults', 'weather'], 'error: there is no fault `weather`\n  there are scheduler:kill, scheduler:stop, '],
  [['--faults', 'disk:lost'], 'error: these faults are of mirrors, and there are none\n  add --mirrored'],
  [['--mirrored', '--schedulers', '1'], 'error: a mirror is at another scheduler\n  start two with --schedulers 2'],
  [
    ['--store', 'no-such-server', '--seed', '5'],
    'seed 5\nerror: there is no no-such-server to break\n  install Valkey, Redis or Dragonfly; ',
  ],
] as const)('%o is refused, and says what there is', async ([words, said]) => {
  const { code, stdout, stderr } = await runHere(['chaos', 'run', ...words]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr.slice(0, said.length)).toBe(said);
});

/** Processes that another one has started, with their arguments. */
function childrenOf(parent: number): readonly { readonly pid: number; readonly line: string }[] {
  return spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .map((line) => ({ pid: Number.parseInt(line, 10), ppid: Number(line.trim().split(/\s+/)[1]), line }))
    .filter(({ ppid }) => ppid === parent);
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a second Ctrl-C leaves nothing behind that runs, and no folder', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-chaos-command-'));
  const words = ['chaos', 'run', '--schedulers', '2', '--agents', '1', '--faults', 'store:stop'];
  const command = spawn(process.execPath, [BUILT, ...words], {
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: 'ignore',
  });
  const pid = command.pid ?? 0;
  const closed = once(command, 'close');
  // Schedulers and the store run, and the agents are started after them: one that polls, and two that are called.
  await expect.poll(() => childrenOf(pid).filter(({ line }) => line.includes('agent-process')).length, WAIT).toBe(3);
  const children = childrenOf(pid);
  onTestFinished(() => {
    for (const child of children.filter((one) => isThere(one.pid))) process.kill(child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  expect(children.length).toBeGreaterThanOrEqual(4);
  command.kill('SIGINT');
  // Two at once may be one to a process; and it takes longer than this to end as it should.
  await new Promise((resolve) => setTimeout(resolve, 50));
  command.kill('SIGINT');
  expect(await closed).toEqual([130, null]);
  await expect.poll(() => children.filter((child) => isThere(child.pid)), WAIT).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

const WAIT = { timeout: 30_000, interval: 100 };
