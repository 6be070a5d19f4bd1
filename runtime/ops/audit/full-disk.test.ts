import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openAuditLog } from './audit-log.ts';

vi.mock('../../folder-lock/folder-lock.ts', () => ({
  lockFolder: () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })),
}));

test('a disk without room for the lock is named and keeps no scheduler from starting', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'nova-torch-audit-full-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const problems: string[] = [];
  const log = await openAuditLog({
    ...{ dir, checkpointMs: 60_000, checkpointRecords: 10, fileBytesMax: 1_000_000, filesMax: 4 },
    onProblem: (error) => problems.push((error as Error).message),
  });
  await log.close();
  expect(problems).toEqual(['no space left on device']);
});
