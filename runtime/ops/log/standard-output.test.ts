import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logger } from './logger.ts';
import { standardOutput, type Output } from './standard-output.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-output-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

function flushed(output: Output): Promise<void> {
  return new Promise((resolve) => output.flush(resolve));
}

test('lines are written in their order, gathered while one is written, and what waits before the last words return', async () => {
  const fd = openSync(path, 'w');
  const output = standardOutput({ fd });
  for (let line = 0; line < 1000; line += 1) output.write(`${line} é\n`);
  await flushed(output);
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines).toEqual([...Array.from({ length: 1000 }, (_, line) => `${line} é`), '']);
  output.write('begins to be written\n');
  output.write('last words\n');
  output.flushSync();
  expect(readFileSync(path, 'utf8')).toContain('last words\n');
  await flushed(output);
  closeSync(fd);
});

test.skipIf(!existsSync('/dev/full'))(
  'a disk that is full ends nothing and holds nothing up, and what comes when it has room is written',
  async () => {
    const fd = openSync('/dev/full', 'w');
    const output = standardOutput({ fd });
    const log = logger({ level: 'info', service: 's', version: '1', environment: 'e', secrets: [], to: output });
    log.info('lost');
    await flushed(output);
    // Writes what waits, and must come back although it cannot.
    log.fatal('lost as well');
    log.fatal('and this');
    await flushed(output);
    closeSync(fd);
    // The lowest number that is free is given.
    const same = openSync(path, 'w');
    expect(same).toBe(fd);
    log.info('there is room again');
    await flushed(output);
    expect(readFileSync(path, 'utf8')).toContain('there is room again');
    closeSync(same);
  },
);

test('a reader that does not read costs a bounded amount of memory', async () => {
  const fd = openSync(path, 'w');
  const output = standardOutput({ fd, heldMax: 20 });
  // The first is under way.
  for (const line of ['first\n', 'second\n', 'x'.repeat(30), 'third\n']) output.write(line);
  await flushed(output);
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\nthird\n');
  closeSync(fd);
});
