import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalFiles } from '../journal/journal-files.ts';
import { JournalDamaged } from '../journal/journal-damaged.ts';
import { isSegmentName, MAGIC, scanSegment } from '../journal/segment.ts';
import { pause, type Clock } from '../loops/clock.ts';
import { ID_FILE } from './mirror-folder.ts';
import { MirrorRefused, type MirrorContents } from './mirror.ts';
import type { MirrorSource } from './mirror-peer.ts';

export interface RestoreOptions {
  /** Of the journal. */
  readonly directory: string;
  readonly source: MirrorSource;
  readonly files: JournalFiles;
  readonly clock: Clock;
  /** An empty disk is begun with, whatever the peer may have. */
  readonly skip: boolean;
  /** Nobody waits any more. */
  readonly stop: AbortSignal;
  readonly newId: () => string;
  readonly tell: (message: string) => void;
}

export type Restored =
  /** The journal is not empty, or was never written. */
  | { readonly kind: 'kept' | 'new'; readonly journal: string }
  | { readonly kind: 'restored'; readonly journal: string; readonly segments: number; readonly bytes: number }
  | { readonly kind: 'stopped' };

/** Beside the segments; whole when `COMPLETE` is in it. */
const FOLDER = 'restoring';
const COMPLETE = 'complete';
const AGAIN_MS = 1000;
const TELL_MS = 10_000;

/**
 * Before a journal is opened: a disk that is empty may have been lost, and then its peer has what was on it. What the peer has is
 * brought beside the journal, checked as a whole, and moved into its place; a start that is cut short goes on with what is there.
 *
 * A journal with a record in it is never touched. A peer that does not answer is waited for: to begin with nothing while it has
 * everything would be the loss that the mirror is there against. Throws `MirrorRefused` for a mirror that is damaged.
 */
export async function restoreJournal(options: RestoreOptions): Promise<Restored> {
  const { directory, files } = options;
  await files.makeFolder(directory);
  const folder = join(directory, FOLDER);
  if ((await namesIn(folder)).includes(COMPLETE)) return moveIn(options, folder);
  if (await holdsRecords(directory, files)) return { kind: 'kept', journal: await idOf(options) };
  if (options.skip) {
    options.tell('the disk of the journal is empty, and `mirror.restore` is `skip`: the peer is not asked');
    return { kind: 'new', journal: await idOf(options) };
  }
  const contents = await askPeer(options);
  if (contents === 'stopped') return { kind: 'stopped' };
  if (contents === undefined) return { kind: 'new', journal: await idOf(options) };
  await bring(options, folder, contents);
  if (options.stop.aborted) return { kind: 'stopped' };
  await check(folder, files, contents);
  await files.put(join(folder, COMPLETE), contents.journal);
  await files.syncFolder(folder);
  return moveIn(options, folder);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
}

async function holdsRecords(directory: string, files: JournalFiles): Promise<boolean> {
  for (const name of (await files.list(directory)).filter(isSegmentName)) {
    if ((await files.facts(join(directory, name))).size > MAGIC.length) return true;
  }
  return false;
}

/** Made once for a journal; what a mirror is of is known by it. */
async function idOf({ directory, files, newId }: RestoreOptions): Promise<string> {
  const path = join(directory, ID_FILE);
  if ((await files.list(directory)).includes(ID_FILE)) return (await files.read(path)).toString();
  const made = newId();
  await files.put(path, made);
  await files.syncFolder(directory);
  return made;
}

/** What the peer has, however long it takes to answer. */
async function askPeer({ source, clock, stop, tell }: RestoreOptions): Promise<MirrorContents | undefined | 'stopped'> {
  let toldMs = -Infinity;
  while (!stop.aborted) {
    try {
      return await source.contents();
    } catch (error) {
      if (error instanceof MirrorRefused && error.reason === 'damaged') throw error;
      if (clock.monotonicMs() - toldMs >= TELL_MS) {
        toldMs = clock.monotonicMs();
        const why = error instanceof Error ? error.message : String(error);
        tell(
          `the disk of the journal is empty, and the peer that may have its mirror does not say (${why}): waiting for it; ` +
            'to begin without it set NOVA_TORCH_MIRROR_RESTORE=skip',
        );
      }
      await pause(clock, AGAIN_MS);
    }
  }
  return 'stopped';
}

async function bring(options: RestoreOptions, folder: string, contents: MirrorContents): Promise<void> {
  const { source, files, clock, stop, tell } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await begunWith(options, folder, contents);
  for (const { name, bytes } of contents.segments) {
    if (!isSegmentName(name)) throw new MirrorRefused('damaged', `the peer names a segment ${JSON.stringify(name)}`);
    while (!stop.aborted && !(await hasAll(folder, files, name, bytes))) {
      await fetchSegment(source, folder, name, bytes).catch(async (error: unknown) => {
        if (error instanceof MirrorRefused && error.reason === 'damaged') throw error;
        tell(`${name} could not be brought from the peer (${String(error)}): trying again`);
        await pause(clock, AGAIN_MS);
      });
    }
  }
}

/** What an earlier attempt brought counts when it is of the same journal, and still wanted. */
async function begunWith({ files }: RestoreOptions, folder: string, contents: MirrorContents): Promise<void> {
  const path = join(folder, ID_FILE);
  const names = await namesIn(folder);
  const isSame = names.includes(ID_FILE) && (await files.read(path)).toString() === contents.journal;
  const wanted = new Set(isSame ? [ID_FILE, ...contents.segments.map(({ name }) => name)] : []);
  for (const name of names) if (!wanted.has(name)) await rm(join(folder, name), { force: true });
  if (!isSame) await files.put(path, contents.journal);
}

async function hasAll(folder: string, files: JournalFiles, name: string, bytes: number): Promise<boolean> {
  if (!(await namesIn(folder)).includes(name)) return false;
  return (await files.facts(join(folder, name))).size === bytes;
}

async function fetchSegment(source: MirrorSource, folder: string, name: string, bytes: number): Promise<void> {
  const draft = join(folder, `${name}.part`);
  const into = createWriteStream(draft, { mode: 0o600 });
  // It is opened before the peer has answered, and nobody listens to it until then.
  into.on('error', () => undefined);
  try {
    await source.fetch(name, bytes, into);
  } finally {
    into.destroy();
  }
  const file = await open(draft, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
}

/** The peer has checked it, and so is it here: what came over the wire is what counts from now on. */
async function check(folder: string, files: JournalFiles, { segments }: MirrorContents): Promise<void> {
  let lsn = 0;
  for (const { name, bytes } of segments) {
    const path = join(folder, name);
    try {
      const { frames, end } = scanSegment(path, await files.read(path), lsn, false);
      if (end !== bytes) throw new JournalDamaged(path, end, `${bytes} bytes were said to be sound`);
      lsn = frames.at(-1)?.lsn ?? lsn;
    } catch (error) {
      if (!(error instanceof JournalDamaged)) throw error;
      // It is asked for anew when somebody has mended the peer's.
      await rm(folder, { recursive: true });
      throw new MirrorRefused('damaged', error.message);
    }
  }
}

/** From `COMPLETE` on there is no way back: each step may be taken again. */
async function moveIn({ directory, files }: RestoreOptions, folder: string): Promise<Restored> {
  const journal = (await files.read(join(folder, COMPLETE))).toString();
  for (const name of (await namesIn(folder)).filter(isSegmentName))
    await rename(join(folder, name), join(directory, name));
  await files.put(join(directory, ID_FILE), journal);
  await files.syncFolder(directory);
  await rm(folder, { recursive: true });
  await files.syncFolder(directory);
  const names = (await files.list(directory)).filter(isSegmentName);
  let bytes = 0;
  for (const name of names) bytes += (await files.facts(join(directory, name))).size;
  return { kind: 'restored', journal, segments: names.length, bytes };
}
