import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type * as promises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { AuditEvent } from '../../core/audit-sink.ts';
import type { FolderLock } from '../../folder-lock/folder-lock.ts';
import { openAuditLog, type AuditLog } from './audit-log.ts';
import { readAuditFolder } from './read-audit-folder.ts';
import { verifyAudit } from './verify-audit.ts';

const disk = vi.hoisted(() => ({ isFull: false, keysFull: false }));

function full(): Error {
  return Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
}

vi.mock('../../folder-lock/folder-lock.ts', async (original) => {
  const { lockFolder } = await original<{ lockFolder: (lock: FolderLock) => Promise<() => Promise<void>> }>();
  return { lockFolder: (lock: FolderLock) => (disk.isFull ? Promise.reject(full()) : lockFolder(lock)) };
});

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  // As a full disk has it: the file is made, and takes a part of what is written or nothing.
  const writeFile: typeof promises.writeFile = async (path, data, options) => {
    await real.writeFile(path, disk.keysFull ? '' : data, options);
    if (disk.keysFull) throw full();
  };
  return { ...real, writeFile };
});

interface Opened {
  readonly log: AuditLog;
  readonly problems: readonly string[];
}

async function opened(dir: string): Promise<Opened> {
  const problems: string[] = [];
  const log = await openAuditLog({
    ...{ dir, checkpointMs: 60_000, checkpointRecords: 10, fileBytesMax: 1_000_000, bytesMax: 4_000_000, queueMax: 2 },
    onProblem: (error) => problems.push((error as Error).message),
  });
  return { log, problems };
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'nova-torch-audit-full-'));
  onTestFinished(() => {
    Object.assign(disk, { isFull: false, keysFull: false });
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

function event(target: string): AuditEvent {
  return { at: 1, actor: 'someone', action: 'fleet:pause', target, outcome: 'done', requestId: 'r-1' };
}

function written(dir: string): readonly unknown[] {
  const { files, macKey } = readAuditFolder(dir);
  expect(verifyAudit(files, { macKey, anchors: [] }).findings).toEqual([]);
  const lines = files.flatMap(({ read }) => read().text.trimEnd().split('\n'));
  return lines.map((line) => {
    const { kind, target, count } = JSON.parse(line) as Record<string, unknown>;
    return target ?? (count === undefined ? kind : `${String(kind)} ${String(count)}`);
  });
}

test('a disk without room for the lock keeps no scheduler from starting, and until it has the lock nothing is written', async () => {
  const dir = folder();
  disk.isFull = true;
  const first = await opened(dir);
  expect(first.problems).toEqual(['no space left on device']);
  for (const target of ['a-1', 'a-2', 'a-3', 'a-4']) first.log.record(event(target));
  await expect.poll(() => first.problems.length).toBe(2);
  disk.isFull = false;
  const second = await opened(dir);
  second.log.record(event('b-1'));
  await second.log.flush();
  const inUse = `the audit log in ${dir} is open already`;
  await expect.poll(() => first.problems, { timeout: 5000 }).toContain(inUse);
  await second.log.close();
  await first.log.flush();
  await first.log.close();
  expect(written(dir)).toEqual([
    ...['open', 'b-1', 'checkpoint'],
    ...['open', 'a-1', 'a-2', 'dropped 2', 'checkpoint'],
  ]);
  expect(readdirSync(dir)).not.toContain('audit.lock');
}, 20_000);

test('one that begins is opened as soon as there is room, though nothing is told it, and keeps no half of a key', async () => {
  const dir = folder();
  disk.keysFull = true;
  const { log, problems } = await opened(dir);
  await expect.poll(() => problems.length, { timeout: 5000 }).toBe(2);
  expect(readdirSync(dir)).toEqual([]);
  disk.keysFull = false;
  await expect.poll(() => readdirSync(dir), { timeout: 5000 }).toContain('audit.lock');
  log.record(event('a-1'));
  await log.close();
  expect(written(dir)).toEqual(['open', 'a-1', 'checkpoint']);
}, 20_000);

test('one that ends before there is room ends, and leaves nothing behind', async () => {
  const dir = folder();
  disk.isFull = true;
  const { log, problems } = await opened(dir);
  log.record(event('a-1'));
  await log.close();
  expect(problems.length).toBeGreaterThan(1);
  expect(readdirSync(dir)).toEqual([]);
});
