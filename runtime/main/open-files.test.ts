import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../api/limits.ts';
import { limitsWithin, openFilesMax } from './open-files.ts';

test('the system says how many files may be open, or nothing is known', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-files-'));
  const path = join(folder, 'limits');
  const said = (line: string): number | undefined => {
    writeFileSync(path, `Limit                     Soft Limit           Hard Limit           Units     \n${line}\n`);
    return openFilesMax(path);
  };
  expect(said('Max open files            1024                 524288               files     ')).toBe(1024);
  expect(said('Max open files            unlimited            unlimited            files     ')).toBeUndefined();
  expect(said('Max processes             95000                95000                processes ')).toBeUndefined();
  rmSync(folder, { recursive: true });
  expect(openFilesMax(path)).toBeUndefined();
});

test.each([
  [undefined, 20_000, 256],
  [1_048_576, 20_000, 256],
  [4096, 3072, 256],
  [1024, 512, 128],
  [150, 75, 19],
])('of %s files callers have at most %s', (files, connections, opsConnections) => {
  expect(limitsWithin(files)).toEqual({ ...DEFAULT_LIMITS, connections, opsConnections });
});
