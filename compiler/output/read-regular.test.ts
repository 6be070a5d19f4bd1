import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRegular } from './read-regular.ts';

test('a regular file is read, and nothing else is', () => {
  const root = mkdtempSync(join(tmpdir(), 'nova-torch-read-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'file'), 'text');
  symlinkSync('file', join(root, 'link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const read = (name: string, bytesMax?: number) => readRegular(join(root, name), bytesMax)?.toString('utf8');
  expect(['file', 'link', 'pipe', 'absent', '.'].map((name) => read(name))).toEqual([
    'text',
    ...Array(4).fill(undefined),
  ]);
  expect(readRegular('/dev/zero')).toBeUndefined();
  expect([read('file', 4), read('file', 3)]).toEqual(['text', undefined]);
});
