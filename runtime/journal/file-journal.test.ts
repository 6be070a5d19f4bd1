import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32, tableCrc32 } from './crc32.ts';
import { openJournal } from './file-journal.ts';
import { encodeFrames } from './frame.ts';
import { realFiles, type JournalFiles } from './journal-files.ts';
import { JournalDamaged } from './journal-damaged.ts';
import { JournalFull } from './journal-full.ts';
import type { Journal, JournalOptions } from './journal.ts';

let directory = '';
let now = 1_800_000_000_000;
let fatal: Error[] = [];
const opened: Journal[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'journal-'));
  fatal = [];
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

async function open(changes: Partial<JournalOptions> = {}, files?: JournalFiles): Promise<Journal> {
  const options = {
    directory,
    segmentBytes: 1000,
    bytesMax: 1_000_000,
    reserveBytes: 4096,
    keepMs: 1000,
    nowMs: () => now,
    onFatal: (error: Error) => fatal.push(error),
    ...changes,
  };
  const journal = await openJournal(options, files);
  opened.push(journal);
  return journal;
}

async function texts(journal: Journal, after = 0): Promise<string[]> {
  const found: string[] = [];
  for await (const { lsn, payload } of journal.read(after)) found.push(`${lsn} ${Buffer.from(payload).toString()}`);
  return found;
}

async function write(journal: Journal, ...payloads: readonly string[]): Promise<void> {
  for (const payload of payloads) journal.append(Buffer.from(payload), { class: 'submit', open: payload });
  await journal.durable(journal.lsn);
}

async function segments(): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.journal')).sort();
}

test('what was written is read again, in order, also by the next process', async () => {
  const journal = await open();
  await write(journal, 'a', 'b');
  await write(journal, 'c');
  expect(await texts(journal)).toEqual(['1 a', '2 b', '3 c']);
  expect(await texts(journal, 2)).toEqual(['3 c']);
  await journal.close();
  const again = await open();
  expect(again.lsn).toBe(3);
  expect(again.stats.openRecords).toBe(3);
  expect(await texts(again)).toEqual(['1 a', '2 b', '3 c']);
  again.raise(100);
  await write(again, 'd');
  expect(await texts(again, 3)).toEqual(['101 d']);
});

test('a journal that is closed a second time leaves the folder to who has it now', async () => {
  const first = await open();
  await Promise.all([first.close(), first.close()]);
  const second = await open();
  await first.close();
  await expect(open()).rejects.toThrow(`the journal in ${directory} is open already`);
  await second.close();
});

test('what comes while the disk writes goes together with the next write, and keeps nobody else waiting', async () => {
  let writes = 0;
  let letGo = (): void => undefined;
  let gate = Promise.resolve();
  const slow: JournalFiles = {
    ...realFiles,
    append: async (path) => {
      const file = await realFiles.append(path);
      const write = async (bytes: Uint8Array): Promise<void> => {
        writes += 1;
        await gate;
        await file.write(bytes);
      };
      return { ...file, write };
    },
  };
  const journal = await open({ segmentBytes: 1_000_000 }, slow);
  writes = 0;
  gate = new Promise((resolve) => {
    letGo = resolve;
  });
  const done: Promise<void>[] = [];
  let turns = 0;
  for (; turns < 100; turns += 1) {
    for (let n = 0; n < 3; n += 1) {
      done.push(journal.durable(journal.append(Buffer.from(`${turns}`), { class: 'submit', open: `${turns}-${n}` })));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([writes, journal.durableLsn]).toEqual([1, 0]);
  letGo();
  await Promise.all(done);
  expect([writes, journal.durableLsn]).toEqual([2, 300]);
});

test('a second owner is refused, and what a dead one left behind is taken over', async () => {
  await open();
  await expect(open()).rejects.toThrow(`the journal in ${directory} is open already`);
  await opened.pop()?.close();
  await writeFile(join(directory, 'lock'), '1');
  await expect(open()).rejects.toThrow('is in use by process 1');
  await writeFile(join(directory, 'lock'), '4194304');
  expect((await open()).lsn).toBe(0);
});

test('a torn tail is cut, wherever it is torn', async () => {
  const journal = await open();
  await write(journal, 'first', 'second');
  await journal.close();
  const [name = ''] = await segments();
  const whole = await readFile(join(directory, name));
  const extra = encodeFrames([{ lsn: 3, durable: 2, name: '', payload: Buffer.from('third') }]);
  for (const length of [1, 7, 8, 20, extra.length - 1]) {
    await writeFile(join(directory, name), Buffer.concat([whole, extra.subarray(0, length)]));
    const again = await open();
    expect(await texts(again)).toEqual(['1 first', '2 second']);
    await again.close();
    expect(await readFile(join(directory, name))).toEqual(whole);
  }
});

test('one flipped bit in what was durable is named with its file and byte, and nothing is changed', async () => {
  const journal = await open({ segmentBytes: 200 });
  for (const payload of ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']) await write(journal, payload);
  await journal.close();
  const names = await segments();
  expect(names.length).toBeGreaterThan(1);
  for (const name of names) {
    const file = join(directory, name);
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at += 1) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(file, broken);
      const outcome = await open().then(
        async (again) => {
          const found = await texts(again);
          await again.close();
          return found.length;
        },
        (error: unknown) => error,
      );
      // The very last record of the newest segment was not yet said to be durable by another one.
      if (typeof outcome === 'number') expect([name, outcome]).toEqual([names.at(-1), 7]);
      else {
        expect(outcome).toBeInstanceOf(JournalDamaged);
        expect(outcome).toMatchObject({ file });
        expect(await readFile(file)).toEqual(broken);
      }
      await writeFile(file, whole);
    }
  }
});

test('it closes in peace while an old record is to be carried forward', async () => {
  const journal = await open({ segmentBytes: 200 });
  for (let count = 0; count < 10; count += 1) await write(journal, `task-${count}`);
  now += 2000;
  journal.append(Buffer.from('last'), { class: 'settle' });
  await journal.close();
  expect(fatal).toEqual([]);
  expect((await texts(await open({ segmentBytes: 200 }))).at(-1)).toBe('11 last');
});

test('old segments go when nothing of them is open, and one old record does not hold them', async () => {
  const journal = await open({ segmentBytes: 200 });
  for (let count = 0; count < 20; count += 1) await write(journal, `task-${count}`);
  const before = await segments();
  expect(before.length).toBeGreaterThan(4);
  for (let count = 1; count < 20; count += 1) journal.settle(`task-${count}`);
  now += 2000;
  await write(journal, 'new');
  await write(journal, 'newer');
  await journal.durable(journal.lsn);
  await write(journal, 'newest');
  expect((await segments()).length).toBeLessThan(4);
  expect((await texts(journal)).map((line) => line.split(' ')[1])).toContain('task-0');
  await journal.close();
  const again = await open();
  // What was settled is open again until it is settled once more.
  expect(again.stats.openRecords).toBeGreaterThanOrEqual(4);
});

test('as large as it may be it refuses submissions and takes ends', async () => {
  const journal = await open({ bytesMax: 6000, reserveBytes: 4000 });
  const payload = Buffer.alloc(400);
  expect(() => {
    for (let count = 0; count < 20; count += 1) journal.append(payload, { class: 'submit' });
  }).toThrow(JournalFull);
  const lsn = journal.append(payload, { class: 'settle' });
  await journal.durable(lsn);
  expect(journal.durableLsn).toBe(lsn);
});

test('a full disk refuses submissions, takes ends from the reserve, and recovers', async () => {
  const disk = { free: 10_000 };
  const journal = await open({ reserveBytes: 4096 }, smallDisk(disk));
  const payload = Buffer.alloc(500);
  const refused = await submitUntilFull(journal, payload);
  expect(refused).toBeInstanceOf(JournalFull);
  const lsn = journal.append(payload, { class: 'settle' });
  await journal.durable(lsn);
  disk.free += 20_000;
  now += 2000;
  await journal.durable(journal.append(payload, { class: 'settle' }));
  await expect.poll(() => accepts(journal, payload)).toBe(true);
  expect(fatal).toEqual([]);
});

test('on a full disk the reserve is for ends, and not for what waits in an old file', async () => {
  const disk = { free: 60_000 };
  const journal = await open({ segmentBytes: 20_000, reserveBytes: 4096 }, smallDisk(disk));
  const payload = Buffer.alloc(500);
  const submitted = (count: number): void => {
    journal.append(payload, { class: 'submit', open: `task-${count}` });
  };
  let count = 0;
  for (; count < 1000; count += 1) {
    try {
      submitted(count);
    } catch {
      break;
    }
    await Promise.race([journal.durable(journal.lsn), new Promise((resolve) => setTimeout(resolve, 300))]);
  }
  expect(count).toBeLessThan(200);
  expect((await segments()).length).toBeGreaterThan(2);
  now += 2000;
  for (let end = 0; end < 5; end += 1) {
    const lsn = journal.append(Buffer.from('end'), { class: 'settle' });
    await expect.poll(() => journal.durableLsn).toBeGreaterThanOrEqual(lsn);
  }
  // With room all of it goes on, and what waits is there.
  disk.free += 60_000;
  now += 2000;
  await journal.durable(journal.append(payload, { class: 'settle' }));
  await expect.poll(() => accepts(journal, payload)).toBe(true);
  expect(journal.stats.openRecords).toBe(count);
  expect(fatal).toEqual([]);
});

test('it grows beyond its size by what ends tasks and by one file that is carried forward', async () => {
  const journal = await open({ segmentBytes: 5000, bytesMax: 50_000, reserveBytes: 4000 });
  const payload = Buffer.alloc(400);
  for (let count = 0; count < 1000; count += 1) {
    // One by one: what comes together is written to one file, however large it is.
    await journal.durable(journal.lsn);
    try {
      journal.append(payload, { class: 'submit', open: `task-${count}` });
    } catch {
      break;
    }
  }
  const { openRecords } = journal.stats;
  let most = 0;
  for (let round = 0; round < 20; round += 1) {
    now += 2000;
    await journal.durable(journal.append(Buffer.from('end'), { class: 'settle' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    most = Math.max(most, journal.stats.bytes);
  }
  expect([most > 40_000, most <= 55_000]).toEqual([true, true]);
  expect(journal.stats.openRecords).toBe(openRecords);
});

test.each([false, true])(
  'a failed fsync ends it, and nothing behind it is acknowledged (in the write: %s)',
  async (writesThrough) => {
    let fails = false;
    const journal = await open(
      {},
      {
        ...realFiles,
        append: async (path) => {
          const file = await realFiles.append(path);
          const orFail = (work: () => Promise<void>) => () =>
            fails ? Promise.reject(new Error('EIO: i/o error, fdatasync')) : work();
          if (!writesThrough) return { ...file, writesThrough, sync: orFail(file.sync) };
          return { ...file, writesThrough, write: (bytes) => orFail(() => file.write(bytes))() };
        },
      },
    );
    await write(journal, 'a');
    fails = true;
    let acknowledged = false;
    void journal.durable(journal.append(Buffer.from('b'), { class: 'submit' })).then(() => {
      acknowledged = true;
    });
    await expect.poll(() => fatal.map(({ message }) => message)).toEqual(['EIO: i/o error, fdatasync']);
    fails = false;
    journal.append(Buffer.from('c'), { class: 'submit' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([acknowledged, fatal.length, journal.durableLsn]).toEqual([false, 1, 1]);
  },
);

test('killed at any moment, it has every record that it had acknowledged', { timeout: 60_000 }, async () => {
  const writer = join(directory, 'writer.mjs');
  const source = fileURLToPath(new URL('./testing/writer.ts', import.meta.url));
  buildSync({ entryPoints: [source], bundle: true, platform: 'node', format: 'esm', outfile: writer });
  const folder = join(directory, 'journal');
  let durable = 0;
  for (let life = 0; life < KILLS; life += 1) {
    durable = Math.max(durable, await runAndKill(writer, folder, life));
    const journal = await open({ directory: folder, keepMs: 3_600_000 });
    const lsns = (await texts(journal)).map((line) => Number(line.split(' ')[0]));
    expect(lsns).toEqual(lsns.map((_, index) => index + 1));
    expect(lsns.length).toBeGreaterThanOrEqual(durable);
    await journal.close();
  }
  expect(durable).toBeGreaterThan(KILLS);
});

test('what a killed process had written and not synced is durable once it was read, also when the power fails then', async () => {
  const first = await open();
  await write(first, 'first');
  await first.close();
  const [name = ''] = await segments();
  const synced = new Map([[join(directory, name), (await stat(join(directory, name))).size]]);
  // Killed between its write and its sync: the system still has the bytes, the disk may not.
  await appendFile(
    join(directory, name),
    encodeFrames([{ lsn: 2, durable: 1, name: '', payload: Buffer.from('second') }]),
  );
  const second = await open(
    { segmentBytes: 100 },
    {
      ...realFiles,
      append: async (path) => {
        const file = await realFiles.append(path);
        const sync = async (): Promise<void> => {
          await file.sync();
          synced.set(path, (await stat(path)).size);
        };
        return { ...file, sync };
      },
    },
  );
  expect(await texts(second)).toEqual(['1 first', '2 second']);
  await write(second, 'third, in the next segment', 'fourth');
  await second.close();
  expect(await segments()).toHaveLength(2);
  for (const [path, size] of synced) if (path.endsWith('.journal')) await truncate(path, size);
  expect((await texts(await open())).slice(0, 2)).toEqual(['1 first', '2 second']);
});

test('both ways to compute the checksum agree', () => {
  for (const text of ['', '123456789', 'ä'.repeat(1000)])
    expect(tableCrc32(Buffer.from(text))).toBe(crc32(Buffer.from(text)));
  expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
});

test('a file that is no segment of this version is refused', async () => {
  await (await open()).close();
  const [name = ''] = await segments();
  await appendFile(join(directory, name), Buffer.alloc(0));
  await writeFile(join(directory, name), 'something else entirely');
  await expect(open()).rejects.toThrow('byte 0: not a segment of this version');
});

const KILLS = 50;

/** Runs a writer for a moment; resolves with the largest LSN it has acknowledged. */
function runAndKill(writer: string, folder: string, life: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, String(life)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => {
      if (text === '') setTimeout(() => child.kill('SIGKILL'), (life * 7) % 40);
      text += data.toString();
    });
    child.once('error', reject);
    child.once('close', () => {
      const lines = text.split('\n').slice(0, -1);
      resolve(Math.max(0, ...lines.map((line) => Number(line.split(' ')[0]))));
    });
  });
}

function accepts(journal: Journal, payload: Uint8Array): boolean {
  try {
    journal.append(payload, { class: 'submit' });
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(JournalFull);
    return false;
  }
}

async function submitUntilFull(journal: Journal, payload: Uint8Array): Promise<unknown> {
  for (let count = 0; count < 100; count += 1) {
    try {
      // One by one: many that wait for the disk together may be more than the reserve has room for.
      await journal.durable(journal.append(payload, { class: 'submit' }));
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

/** A disk with so many bytes left. */
function smallDisk(disk: { free: number }): JournalFiles {
  const sizes = new Map<string, number>();
  return {
    ...realFiles,
    append: async (path) => {
      const file = await realFiles.append(path);
      return {
        ...file,
        write: async (bytes) => {
          if (bytes.length > disk.free) {
            await file.write(bytes.subarray(0, disk.free));
            sizes.set(path, (sizes.get(path) ?? 0) + disk.free);
            disk.free = 0;
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
          }
          disk.free -= bytes.length;
          sizes.set(path, (sizes.get(path) ?? 0) + bytes.length);
          await file.write(bytes);
        },
        truncate: async (size) => {
          disk.free += (sizes.get(path) ?? 0) - size;
          sizes.set(path, size);
          await file.truncate(size);
        },
      };
    },
    remove: async (path) => {
      disk.free += sizes.get(path) ?? 0;
      sizes.delete(path);
      await realFiles.remove(path);
    },
  };
}
