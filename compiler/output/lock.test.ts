import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LockedError, withLock } from './lock.ts';

function folder(lock?: string): string {
  const path = mkdtempSync(join(tmpdir(), 'nova-torch-lock-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  if (lock !== undefined) writeFileSync(join(path, 'lock'), lock);
  return path;
}

/** The number of a process that has just ended. */
function gone(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('the lock is there while the work runs, and nothing is left of it afterwards', async () => {
  const path = folder();
  const during = await withLock(path, () => readFileSync(join(path, 'lock'), 'utf8'));
  expect(JSON.parse(during)).toEqual({ pid: process.pid, host: hostname() });
  expect(readdirSync(path)).toEqual([]);
});

test('work that fails gives the lock back', async () => {
  const path = folder();
  await expect(
    withLock(path, () => {
      throw new Error('disk full');
    }),
  ).rejects.toThrow('disk full');
  expect(readdirSync(path)).toEqual([]);
});

test('a living owner is waited for and then named', async () => {
  const lock = JSON.stringify({ pid: process.pid, host: hostname() });
  const path = folder(lock);
  const refused = withLock(path, () => 'never', 100);
  await expect(refused).rejects.toThrow(LockedError);
  await expect(refused).rejects.toThrow(
    `another nova-torch (process ${process.pid}) is writing the generated tree; if that is not so, delete ${join(path, 'lock')}`,
  );
  expect(readFileSync(join(path, 'lock'), 'utf8')).toBe(lock);
  expect(readdirSync(path)).toEqual(['lock']);
});

test('a busy lock that is given back is taken', async () => {
  const path = folder(JSON.stringify({ pid: process.pid, host: hostname() }));
  setTimeout(() => rmSync(join(path, 'lock')), 60);
  expect(await withLock(path, () => 'mine', 5000)).toBe('mine');
});

test('the owner on another machine is believed, whoever has its number here', async () => {
  const path = folder(JSON.stringify({ pid: gone(), host: 'elsewhere' }));
  await expect(withLock(path, () => 'never', 0)).rejects.toThrow(LockedError);
});

test.each([
  ['of a process that is gone', () => JSON.stringify({ pid: gone(), host: hostname() })],
  ['that is no JSON', () => 'x'],
  ['without a process', () => JSON.stringify({ host: hostname() })],
  ['of an impossible process', () => JSON.stringify({ pid: -1, host: hostname() })],
  ['without a machine', () => JSON.stringify({ pid: process.pid })],
])('a lock %s is taken over', async (_, lock) => {
  const path = folder(lock());
  expect(await withLock(path, () => existsSync(join(path, 'lock')), 0)).toBe(true);
  expect(readdirSync(path)).toEqual([]);
});

test('the first process of the machine is alive even for those who may not signal it', async () => {
  const path = folder(JSON.stringify({ pid: 1, host: hostname() }));
  await expect(withLock(path, () => 'never', 0)).rejects.toThrow('process 1');
});

test.each([
  ['link', (path: string) => symlinkSync('/etc/passwd', path)],
  ['pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['folder', (path: string) => mkdirSync(join(path, 'inside'), { recursive: true })],
])('a %s is the lock of nobody: it is taken over and never read', async (_, make) => {
  const path = folder();
  make(join(path, 'lock'));
  expect(await withLock(path, () => 'worked', 0)).toBe('worked');
  expect(readdirSync(path)).toEqual([]);
});
