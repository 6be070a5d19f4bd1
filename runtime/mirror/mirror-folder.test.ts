import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeFrames } from '../journal/frame.ts';
import { realFiles, type JournalFiles } from '../journal/journal-files.ts';
import { MAGIC } from '../journal/segment.ts';
import { MirrorFolder, type MirrorFolderOptions } from './mirror-folder.ts';
import type { MirrorPiece } from './mirror.ts';
import { segmentsIn } from './testing/mirrored.ts';

const JOURNAL = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const FIRST = '0000000000000000.journal';

let root = '';
let opened: MirrorFolder[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nova-torch-mirror-'));
});
afterEach(async () => {
  for (const folder of opened.splice(0)) await folder.close();
  rmSync(root, { recursive: true, force: true });
});

function folder(changes: Partial<MirrorFolderOptions> = {}): MirrorFolder {
  let sessions = 0;
  const made = new MirrorFolder({
    directory: join(root, 'mirror'),
    files: realFiles,
    bytesMax: 10_000,
    room: () => Promise.resolve(10_000),
    newSession: () => `session-${(sessions += 1)}`,
    ...changes,
  });
  opened.push(made);
  return made;
}

/** A batch: all of it was written when `durable` was. */
function batch(durable: number, ...lsns: readonly number[]): Buffer {
  return encodeFrames(lsns.map((lsn) => ({ lsn, durable, name: '', payload: Buffer.from(`record ${lsn}`) })));
}

function piece(session: string, at: number, bytes: Buffer, changes: Partial<MirrorPiece> = {}): MirrorPiece {
  return { session, segment: FIRST, at, cut: false, oldest: FIRST, bytes, ...changes };
}

function refusal(reason: string, message: string | RegExp) {
  return expect.objectContaining({ reason, message: expect.stringMatching(message) as string });
}

test('it begins with nothing, takes what follows, and knows where it ends after a restart', async () => {
  const first = folder();
  expect(await first.begin(JOURNAL)).toEqual({ session: 'session-1' });
  const [one, two] = [batch(0, 1, 2), batch(2, 3)];
  const end = await first.append(piece('session-1', 8, one));
  expect(end).toMatchObject({ segment: FIRST, at: 8 + one.length, lsn: 2 });
  const last = await first.append(piece('session-1', end.at, two));
  await first.close();
  const again = folder();
  expect(await again.begin(JOURNAL)).toEqual({ session: 'session-1', end: last, sure: end });
  expect(segmentsIn(join(root, 'mirror'))).toEqual(
    new Map([[FIRST, Buffer.concat([MAGIC, one, two]).toString('hex')]]),
  );
});

test('the journal of somebody else is refused, and changes nothing', async () => {
  const kept = folder();
  const { session } = await kept.begin(JOURNAL);
  await kept.append(piece(session, 8, batch(0, 1)));
  const before = segmentsIn(join(root, 'mirror'));
  await expect(kept.begin(OTHER)).rejects.toEqual(
    refusal(
      'other-journal',
      `the mirror of another journal (${JOURNAL}), and this one is ${OTHER}`.replace(/[()]/g, '.'),
    ),
  );
  await expect(kept.append(piece(session, 8, batch(1, 2)))).rejects.toEqual(refusal('session', 'another session'));
  expect(segmentsIn(join(root, 'mirror'))).toEqual(before);
});

test('a request of an older session, late on its way, changes nothing', async () => {
  const kept = folder();
  await kept.begin(JOURNAL);
  const end = await kept.append(piece('session-1', 8, batch(0, 1)));
  await kept.begin(JOURNAL);
  await expect(kept.append(piece('session-1', end.at, batch(1, 2)))).rejects.toEqual(refusal('session', 'another'));
  await expect(kept.append(piece('', end.at, batch(1, 2)))).rejects.toEqual(refusal('session', 'another'));
  expect(await kept.append(piece('session-2', end.at, batch(1, 2)))).toMatchObject({ lsn: 2 });
});

test.each([
  ['a gap', 100, batch(1, 2), {}, 'place'],
  ['an overlap', 8, batch(1, 2), {}, 'place'],
  ['an older segment', 8, batch(1, 2), { segment: '0000000000000000.journal' }, 'place'],
  [
    'a new segment that does not begin at its beginning',
    9,
    batch(1, 2),
    { segment: '0000000000000001.journal' },
    'place',
  ],
  ['no name of a segment', 8, batch(1, 2), { segment: '../0000000000000001.journal' }, 'malformed'],
  ['an oldest segment that is newer', 42, batch(1, 2), { oldest: '0000000000000009.journal' }, 'malformed'],
  ['a record that is there already', 42, batch(1, 1), {}, 'malformed'],
  ['records that are not in order', 42, batch(1, 3, 2), {}, 'malformed'],
  ['a torn record', 42, batch(1, 2).subarray(0, -1), {}, 'malformed'],
  ['a flipped bit', 42, batch(1, 2).map((byte, index) => (index === 30 ? byte ^ 1 : byte)), {}, 'malformed'],
  ['nothing', 42, Buffer.alloc(0), {}, 'malformed'],
] as const)('%s is refused, and changes nothing', async (_, at, bytes, changes, reason) => {
  const kept = folder();
  const { session } = await kept.begin(JOURNAL);
  const end = await kept.append(piece(session, 8, batch(0, 1)));
  expect(end.at).toBe(42);
  const before = segmentsIn(join(root, 'mirror'));
  await expect(kept.append(piece(session, at, Buffer.from(bytes), changes))).rejects.toMatchObject({ reason });
  expect(segmentsIn(join(root, 'mirror'))).toEqual(before);
  expect(await kept.append(piece(session, 42, batch(1, 2)))).toMatchObject({ lsn: 2 });
});

test('it is cut to its sure place and to no other', async () => {
  const kept = folder();
  const { session } = await kept.begin(JOURNAL);
  const sure = await kept.append(piece(session, 8, batch(0, 1, 2)));
  await kept.append(piece(session, sure.at, batch(2, 3, 4)));
  const cut = { cut: true };
  await expect(kept.append(piece(session, 42, batch(1, 9), cut))).rejects.toEqual(refusal('place', 'not at'));
  await expect(kept.append(piece(session, 8, batch(0, 9), cut))).rejects.toEqual(refusal('place', 'not at'));
  expect(await kept.append(piece(session, sure.at, batch(2, 9), cut))).toMatchObject({ lsn: 9 });
  expect((await kept.contents())?.segments).toEqual([{ name: FIRST, bytes: sure.at + batch(2, 9).length }]);
});

test('a torn tail is cut at the next start, as the journal cuts its own; damage before it is named', async () => {
  const first = folder();
  const { session } = await first.begin(JOURNAL);
  const end = await first.append(piece(session, 8, batch(0, 1, 2)));
  await first.append(piece(session, end.at, batch(2, 3)));
  await first.close();
  const path = join(root, 'mirror', FIRST);
  const whole = readFileSync(path);
  for (const length of [whole.length - 1, end.at + 1]) {
    writeFileSync(path, whole.subarray(0, length));
    const again = folder();
    expect(await again.begin(JOURNAL)).toMatchObject({ end });
    await again.close();
    expect(readFileSync(path)).toEqual(whole.subarray(0, end.at));
  }
  const broken = Buffer.from(whole);
  broken[20] = (broken[20] ?? 0) ^ 1;
  writeFileSync(path, broken);
  const said = refusal(
    'damaged',
    /the journal is damaged: .*mirror.0000000000000000.journal, byte 8: a record that was durable/,
  );
  await expect(folder().begin(JOURNAL)).rejects.toEqual(said);
  await expect(folder().contents()).rejects.toEqual(said);
  expect(readFileSync(path)).toEqual(broken);
});

test('damage in an old segment is named when the mirror is asked for', async () => {
  const kept = folder();
  const { session } = await kept.begin(JOURNAL);
  await kept.append(piece(session, 8, batch(0, 1, 2)));
  await kept.append(piece(session, 8, batch(2, 3), { segment: '0000000000000002.journal' }));
  const path = join(root, 'mirror', FIRST);
  writeFileSync(path, readFileSync(path).subarray(0, -1));
  await expect(kept.contents()).rejects.toEqual(refusal('damaged', `${FIRST}, byte 42`));
});

test('it takes no more than it may, nor what the journal of its own may need, and says so', async () => {
  const small = folder({ bytesMax: 60 });
  const { session } = await small.begin(JOURNAL);
  const end = await small.append(piece(session, 8, batch(0, 1)));
  await expect(small.append(piece(session, end.at, batch(1, 2)))).rejects.toEqual(
    refusal('full', 'a mirror may take 60 bytes here, and has 42'),
  );
  await small.close();
  const crowded = folder({ room: () => Promise.resolve(33) });
  const again = await crowded.begin(JOURNAL);
  await expect(crowded.append(piece(again.session, end.at, batch(1, 2)))).rejects.toEqual(
    refusal('full', 'no room for it beside the journal of its own'),
  );
  expect((await crowded.contents())?.segments).toEqual([{ name: FIRST, bytes: 42 }]);
});

/** A disk on which the next write of a segment goes wrong half-way. */
function failing(error: Error): { files: JournalFiles; state: { fails: boolean } } {
  const state = { fails: false };
  const files: JournalFiles = {
    ...realFiles,
    append: async (path) => {
      const file = await realFiles.append(path);
      const write = async (bytes: Uint8Array): Promise<void> => {
        if (!state.fails) return file.write(bytes);
        await file.write(bytes.subarray(0, 5));
        throw error;
      };
      return { ...file, write };
    },
  };
  return { files, state };
}

test('a full disk leaves it as it was, and it goes on when there is room', async () => {
  const { files, state } = failing(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
  const kept = folder({ files });
  const { session } = await kept.begin(JOURNAL);
  const end = await kept.append(piece(session, 8, batch(0, 1)));
  state.fails = true;
  await expect(kept.append(piece(session, end.at, batch(1, 2)))).rejects.toEqual(refusal('full', 'is full'));
  expect(readFileSync(join(root, 'mirror', FIRST)).length).toBe(end.at);
  state.fails = false;
  expect(await kept.append(piece(session, end.at, batch(1, 2)))).toMatchObject({ lsn: 2 });
});

test('after any other failure the file is given up as a whole: what is on the disk of it nobody can know', async () => {
  const { files, state } = failing(Object.assign(new Error('i/o error'), { code: 'EIO' }));
  const kept = folder({ files });
  const { session } = await kept.begin(JOURNAL);
  const end = await kept.append(piece(session, 8, batch(0, 1)));
  await kept.append(piece(session, 8, batch(1, 2), { segment: '0000000000000001.journal' }));
  state.fails = true;
  const next = piece(session, 8 + batch(1, 2).length, batch(2, 3), { segment: '0000000000000001.journal' });
  await expect(kept.append(next)).rejects.toEqual(refusal('failed', 'i/o error'));
  state.fails = false;
  await expect(kept.append(next)).rejects.toEqual(refusal('session', 'another session'));
  expect(await kept.begin(JOURNAL)).toMatchObject({ end });
  expect(readdirSync(join(root, 'mirror')).sort()).toEqual([FIRST, 'journal-id']);
});

test('segments go when the owner has given them up', async () => {
  const kept = folder();
  const { session } = await kept.begin(JOURNAL);
  await kept.append(piece(session, 8, batch(0, 1)));
  const second = '0000000000000001.journal';
  await kept.append(piece(session, 8, batch(1, 2), { segment: second }));
  expect([...segmentsIn(join(root, 'mirror')).keys()]).toEqual([FIRST, second]);
  await kept.append(piece(session, 42, batch(2, 3), { segment: second, oldest: second }));
  expect([...segmentsIn(join(root, 'mirror')).keys()]).toEqual([second]);
});
