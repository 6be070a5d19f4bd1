import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Readable, type Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { realFiles } from '../journal/journal-files.ts';
import { VirtualClock } from '../loops/testing/virtual-clock.ts';
import { systemClock, type Clock } from '../loops/clock.ts';
import { MirrorRefused } from './mirror.ts';
import type { MirrorSource } from './mirror-peer.ts';
import { restoreJournal, type Restored, type RestoreOptions } from './restore.ts';
import { JOURNAL, mirrored, segmentsIn, type Mirrored } from './testing/mirrored.ts';

const NEW = '00000000-0000-4000-8000-000000000009';

let at: Mirrored;
let told: string[] = [];
let asked = 0;
beforeEach(async () => {
  at = await mirrored();
  told = [];
  asked = 0;
});
afterEach(() => at.close());

/** What the peer says, from the folder of the mirror. */
function source(changes: Partial<MirrorSource> = {}): MirrorSource {
  return {
    contents: () => {
      asked += 1;
      return at.folder.contents();
    },
    fetch: (segment, bytes, into) =>
      pipeline(Readable.from([readFileSync(join(at.mirrorAt, segment)).subarray(0, bytes)]), into),
    ...changes,
  };
}

function restore(directory: string, changes: Partial<RestoreOptions> = {}): Promise<Restored> {
  return restoreJournal({
    directory,
    source: source(),
    files: realFiles,
    clock: systemClock,
    skip: false,
    stop: new AbortController().signal,
    newId: () => NEW,
    tell: (message) => told.push(message),
    ...changes,
  });
}

async function fill(): Promise<ReadonlyMap<string, string>> {
  for (let count = 0; count < 40; count += 1) await at.write(`${count} ${'x'.repeat(100)}`);
  at.sender.close();
  await at.journal.close();
  const whole = segmentsIn(at.journalAt);
  expect(whole.size).toBeGreaterThan(2);
  return whole;
}

function lose(): void {
  rmSync(at.journalAt, { recursive: true });
}

test('a lost disk is as it was, byte by byte, and its journal keeps its id', async () => {
  const whole = await fill();
  lose();
  expect(await restore(at.journalAt)).toMatchObject({ kind: 'restored', journal: JOURNAL, segments: whole.size });
  expect(segmentsIn(at.journalAt)).toEqual(whole);
  expect(readdirSync(at.journalAt)).not.toContain('restoring');
  await at.openOwner();
  expect(await at.sender.first).toEqual({ kind: 'mirrored' });
  expect(at.journal.stats.openRecords).toBe(40);
});

test('a journal with a record in it is never touched, and nobody is asked', async () => {
  const whole = await fill();
  rmSync(join(at.journalAt, '0000000000000000.journal'));
  const left = segmentsIn(at.journalAt);
  expect(left.size).toBe(whole.size - 1);
  expect(await restore(at.journalAt)).toEqual({ kind: 'kept', journal: NEW });
  expect([segmentsIn(at.journalAt), asked]).toEqual([left, 0]);
});

test('the very first start, of which the peer knows nothing, just starts', async () => {
  rmSync(at.mirrorAt, { recursive: true, force: true });
  const fresh = join(at.journalAt, 'fresh');
  expect(await restore(fresh)).toEqual({ kind: 'new', journal: NEW });
  expect(await restore(fresh)).toEqual({ kind: 'new', journal: NEW });
  expect([told, asked]).toEqual([[], 2]);
});

test('a peer that is away is waited for, and that is said; told to skip it nobody waits', async () => {
  const whole = await fill();
  lose();
  const clock = new VirtualClock();
  let away = 25;
  const contents: MirrorSource['contents'] = () => {
    away -= 1;
    return away >= 0 ? Promise.reject(new Error('connect ECONNREFUSED')) : at.folder.contents();
  };
  const waiting = restore(at.journalAt, { source: source({ contents }), clock });
  for (let second = 0; second < 30; second += 1) {
    await clock.pass(1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await waiting).toMatchObject({ kind: 'restored', segments: whole.size });
  expect(told).toHaveLength(3);
  expect(told[0]).toBe(
    'the disk of the journal is empty, and the peer that may have its mirror does not say (connect ECONNREFUSED): waiting ' +
      'for it; to begin without it set NOVA_TORCH_MIRROR_RESTORE=skip',
  );
  lose();
  expect(await restore(at.journalAt, { skip: true })).toEqual({ kind: 'new', journal: NEW });
  expect(told[3]).toContain('the peer is not asked');
});

test('who is asked to end while it waits ends, and has begun nothing', async () => {
  await fill();
  lose();
  const stop = new AbortController();
  const contents = (): Promise<never> => {
    stop.abort();
    return Promise.reject(new Error('away'));
  };
  expect(await restore(at.journalAt, { source: source({ contents }), stop: stop.signal })).toEqual({ kind: 'stopped' });
  expect(readdirSync(at.journalAt)).toEqual([]);
});

test('a start that is cut short at any segment goes on with what it has', async () => {
  const whole = await fill();
  lose();
  const names = [...whole.keys()];
  for (const last of names) {
    const fetched: string[] = [];
    const stop = new AbortController();
    const fetch: MirrorSource['fetch'] = (segment, bytes, into) => {
      fetched.push(segment);
      if (segment !== last) return source().fetch(segment, bytes, into);
      stop.abort();
      return Promise.reject(new Error('killed'));
    };
    expect(await restore(at.journalAt, { source: source({ fetch }), stop: stop.signal })).toEqual({ kind: 'stopped' });
    // What the attempt before brought is not asked for again.
    expect(fetched).toEqual(names.slice(Math.max(0, names.indexOf(last) - 1), names.indexOf(last) + 1).slice(-2));
    expect(segmentsIn(at.journalAt).size).toBe(0);
  }
  await restore(at.journalAt);
  expect(segmentsIn(at.journalAt)).toEqual(whole);
});

test('one that is cut short while it moves in is ended by the next, though the journal is not empty any more', async () => {
  const whole = await fill();
  const [first = '', ...others] = whole.keys();
  const folder = join(at.journalAt, 'restoring');
  mkdirSync(folder);
  for (const name of others) renameSync(join(at.journalAt, name), join(folder, name));
  writeFileSync(join(folder, 'complete'), JOURNAL);
  expect([...segmentsIn(at.journalAt).keys()]).toEqual([first]);
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is to be asked'));
  expect(await restore(at.journalAt, { source: { contents: nobody, fetch: nobody } })).toMatchObject({
    kind: 'restored',
    journal: JOURNAL,
  });
  expect(segmentsIn(at.journalAt)).toEqual(whole);
});

test('a mirror that is damaged is not begun with, and not hidden; nor is what came damaged over the wire', async () => {
  const whole = await fill();
  lose();
  const [first = ''] = whole.keys();
  const path = join(at.mirrorAt, first);
  const sound = readFileSync(path);
  const broken = Buffer.from(sound);
  broken[30] = (broken[30] ?? 0) ^ 1;
  writeFileSync(path, broken);
  const damaged = expect.objectContaining({ reason: 'damaged', message: expect.stringContaining(`${first}, byte 8`) });
  await expect(restore(at.journalAt)).rejects.toEqual(damaged);
  writeFileSync(path, sound);
  const fetch: MirrorSource['fetch'] = (segment, bytes, into) =>
    segment === first ? pipeline(Readable.from([broken]), into) : source().fetch(segment, bytes, into);
  await expect(restore(at.journalAt, { source: source({ fetch }) })).rejects.toThrow(MirrorRefused);
  expect(segmentsIn(at.journalAt).size).toBe(0);
  await restore(at.journalAt);
  expect(segmentsIn(at.journalAt)).toEqual(whole);
});

test('while the peer is away no file stays open, and a disk that fails meanwhile ends nothing', async () => {
  const whole = await fill();
  lose();
  const begun: Writable[] = [];
  const fetch: MirrorSource['fetch'] = async (segment, bytes, into) => {
    begun.push(into);
    if (begun.length > 2) return source().fetch(segment, bytes, into);
    if (begun.length === 2) into.destroy(new Error('the disk is full'));
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error('it is away');
  };
  const soon: Clock = { ...systemClock, after: (_, run) => systemClock.after(0, run) };
  await restore(at.journalAt, { source: source({ fetch }), clock: soon });
  expect(segmentsIn(at.journalAt)).toEqual(whole);
  expect(begun.every(({ destroyed }) => destroyed)).toBe(true);
});

test('what an attempt brought of another journal is thrown away', async () => {
  const whole = await fill();
  lose();
  const folder = join(at.journalAt, 'restoring');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'journal-id'), NEW);
  const [first = ''] = whole.keys();
  for (const name of [first, '0000000000999999.journal']) {
    writeFileSync(join(folder, name), Buffer.alloc(Buffer.from(whole.get(first) ?? '', 'hex').length));
  }
  await restore(at.journalAt);
  expect(segmentsIn(at.journalAt)).toEqual(whole);
});

test('the torn tail of a mirror, which nobody was told of, is not brought', async () => {
  const whole = await fill();
  lose();
  const last = [...whole.keys()].at(-1) ?? '';
  const path = join(at.mirrorAt, last);
  const sound = readFileSync(path);
  await at.folder.close();
  writeFileSync(path, Buffer.concat([sound, sound.subarray(8, 30)]));
  await restore(at.journalAt);
  expect(segmentsIn(at.journalAt)).toEqual(whole);
});

test('an empty segment, as a start that was cut short leaves it, is an empty disk', async () => {
  const whole = await fill();
  const empty = mkdtempSync(join(tmpdir(), 'nova-torch-empty-'));
  try {
    writeFileSync(join(empty, '0000000000000000.journal'), 'NTJRNL\n1');
    expect(await restore(empty)).toMatchObject({ kind: 'restored' });
    expect(segmentsIn(empty)).toEqual(whole);
  } finally {
    rmSync(empty, { recursive: true });
  }
});
