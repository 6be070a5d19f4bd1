import { constants, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { randomNumbers } from '../simulation/random.ts';
import { badDisk, forgetDisk, GOOD_DISK, setDisk, syncedBytes } from './bad-disk.ts';
import { losePower } from './power-loss.ts';

let journal = '';
let disk = '';
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'nova-torch-disk-'));
  journal = join(folder, 'journal');
  disk = join(folder, 'disk');
  mkdirSync(journal);
  mkdirSync(disk);
});
afterEach(() => rmSync(join(journal, '..'), { recursive: true, force: true }));

const opened = (path: string) => badDisk(open, disk)(path, 'a');
const bytes = (text: string): Uint8Array => Buffer.from(text);

test('what was not synced is gone with the power, at least in part, and a file that never was goes as a whole', async () => {
  const path = join(journal, '1.journal');
  const file = await opened(path);
  await file.write(bytes('safe'));
  await file.datasync();
  await file.write(bytes('gone'.repeat(100)));
  const never = await opened(join(journal, '2.journal'));
  await never.write(bytes('never'));
  await file.close();
  await never.close();
  expect(syncedBytes(disk)).toEqual(new Map([['1.journal', 4]]));
  const lost = losePower(journal, disk, randomNumbers(1));
  const left = readFileSync(path, 'utf8');
  expect(left.slice(0, 4)).toBe('safe');
  expect([left.length + lost, lost > 5]).toEqual([4 + 400 + 5, true]);
  expect(() => statSync(join(journal, '2.journal'))).toThrow('ENOENT');
  // What the failure left is on the disk: the next one takes no more of it.
  expect(losePower(journal, disk, randomNumbers(2))).toBe(0);
});

test('a write that brings its own sync is safe when it is done, unless the disk lies', async () => {
  const { O_APPEND, O_CREAT, O_DSYNC, O_WRONLY } = constants;
  const file = await badDisk(open, disk)(join(journal, '1.journal'), O_APPEND | O_CREAT | O_DSYNC | O_WRONLY);
  await file.write(bytes('safe'));
  expect(syncedBytes(disk)).toEqual(new Map([['1.journal', 4]]));
  setDisk(disk, { ...GOOD_DISK, lies: true });
  await file.write(bytes('gone'));
  await file.close();
  // Any beginning of what was not synced may be left.
  expect(losePower(journal, disk, randomNumbers(1))).toBeGreaterThan(0);
  expect(readFileSync(join(journal, '1.journal'), 'utf8').startsWith('safe')).toBe(true);
});

test('a disk that lies says it has synced, and the power takes it', async () => {
  setDisk(disk, { ...GOOD_DISK, lies: true });
  const file = await opened(join(journal, '1.journal'));
  await file.write(bytes('acknowledged'));
  await file.datasync();
  await file.close();
  expect(losePower(journal, disk, randomNumbers(1))).toBe('acknowledged'.length);
});

test('a full disk takes nothing but what is in reserve, and everything again afterwards', async () => {
  const reserve = join(journal, 'reserve');
  writeFileSync(reserve, 'kept');
  const file = await opened(join(journal, '1.journal'));
  setDisk(disk, { ...GOOD_DISK, full: true });
  await expect(file.write(bytes('a'))).rejects.toMatchObject({ code: 'ENOSPC' });
  rmSync(reserve);
  await file.write(bytes('b'));
  await expect((await opened(reserve)).write(bytes('c'))).rejects.toMatchObject({ code: 'ENOSPC' });
  setDisk(disk, GOOD_DISK);
  await (await opened(reserve)).write(bytes('d'));
  await file.truncate(0);
  await file.datasync();
  expect(syncedBytes(disk)).toEqual(new Map([['1.journal', 0]]));
});

test('files that are no journal are left alone', async () => {
  setDisk(disk, { ...GOOD_DISK, full: true });
  const file = await opened(join(journal, 'lock'));
  await file.write(bytes('1'));
  await file.datasync();
  await file.close();
  expect([readFileSync(join(journal, 'lock'), 'utf8'), syncedBytes(disk).size]).toEqual(['1', 0]);
});

test('of another disk nothing is known, and a mirror on it does not pass for the journal of the same name', async () => {
  await (await opened(join(journal, '1.journal'))).close();
  mkdirSync(join(journal, '../mirror/owner'), { recursive: true });
  const mirror = await opened(join(journal, '../mirror/owner/1.journal'));
  await mirror.write(bytes('of another one'));
  await mirror.datasync();
  await mirror.close();
  expect(syncedBytes(disk).get('1.journal') ?? 0).toBe(0);
  const file = await opened(join(journal, '1.journal'));
  await file.write(bytes('safe'));
  await file.datasync();
  await file.close();
  expect(syncedBytes(disk).get('1.journal')).toBe(4);
  forgetDisk(disk);
  expect(syncedBytes(disk).size).toBe(0);
});
