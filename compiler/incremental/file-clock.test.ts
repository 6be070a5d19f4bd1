import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clockAfter } from './file-clock.ts';

test('what was written before has an earlier time than the clock, and what is written afterwards has not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'file');
  for (let round = 0; round < 30; round++) {
    writeFileSync(file, String(round));
    const before = lstatSync(file).ctimeMs;
    const clockMs = await clockAfter(before, join(folder, 'clock'));
    writeFileSync(file, `${round}!`);
    expect(before).toBeLessThan(clockMs);
    expect(lstatSync(file).ctimeMs).toBeGreaterThanOrEqual(clockMs);
  }
});

test('a clock that cannot be read shows nothing, and is not waited for without end', async () => {
  expect(await clockAfter(1, join(tmpdir(), 'nova-torch-nowhere', 'clock'))).toBe(0);
});
