import { join } from 'node:path';
import type { AppendFile, JournalFiles } from '../journal/journal-files.ts';
import { JournalDamaged } from '../journal/journal-damaged.ts';
import { isSegmentName, MAGIC, scanSegment } from '../journal/segment.ts';
import { MirrorRefused, type MirrorContents, type MirrorPiece, type MirrorState, type Place } from './mirror.ts';
import { beginningOf, framePlaces, type FramePlace } from './places.ts';

export interface MirrorFolderOptions {
  readonly directory: string;
  readonly files: JournalFiles;
  readonly bytesMax: number;
  /** How many bytes the disk has for mirrors: what this scheduler's own journal may still need is not among them. */
  readonly room: () => Promise<number>;
  readonly newSession: () => string;
}

interface Segment {
  readonly name: string;
  bytes: number;
}

/** File with the id of the journal, in a mirror and beside the journal itself. */
export const ID_FILE = 'journal-id';

/** One owner's mirror at its peer: what it is sent, it checks, writes and syncs. One request after the other. */
export class MirrorFolder {
  readonly #options: MirrorFolderOptions;
  #last: Promise<unknown> = Promise.resolve();
  #session = '';
  #journal = '';
  #segments: Segment[] = [];
  #file: AppendFile | undefined;
  #end: Place | undefined;
  #sure: Place | undefined;
  /** Records behind the sure place. */
  #unsure: FramePlace[] = [];

  constructor(options: MirrorFolderOptions) {
    this.#options = options;
  }

  /** A session of this journal; those before it are over. */
  begin(journal: string): Promise<MirrorState> {
    return this.#inTurn(async () => {
      if (journal !== this.#journal || !(await this.#isAsWritten())) {
        await this.#forget();
        const kept = await this.#id();
        if (kept !== undefined && kept !== journal) {
          const here = `${this.#options.directory} has the mirror of another journal (${kept})`;
          throw new MirrorRefused('other-journal', `${here}, and this one is ${journal}`);
        }
        if (kept !== undefined) await this.#load();
        this.#journal = journal;
      }
      this.#session = this.#options.newSession();
      return this.#state();
    });
  }

  /** Whether nobody but this has touched the folder: somebody may have moved it away. */
  async #isAsWritten(): Promise<boolean> {
    const newest = this.#segments.at(-1);
    if (newest === undefined) return false;
    const facts = this.#options.files.facts(join(this.#options.directory, newest.name));
    return (await facts.catch(() => undefined))?.size === newest.bytes;
  }

  append(piece: MirrorPiece): Promise<Place> {
    return this.#inTurn(async () => {
      if (this.#session === '' || piece.session !== this.#session) {
        throw new MirrorRefused('session', 'another session has begun since');
      }
      const frames = this.#checked(piece);
      await this.#checkRoom(piece.bytes.length);
      if (piece.cut) await this.#cut();
      await this.#write(piece);
      this.#note(frames, piece);
      await this.#giveUpBefore(piece.oldest);
      return this.#end ?? beginningOf(piece.segment);
    });
  }

  /** All of it, read and checked to its end; a tail that was never durable is left out. `undefined` when there is none. */
  contents(): Promise<MirrorContents | undefined> {
    return this.#inTurn(async () => {
      const journal = await this.#id();
      if (journal === undefined) return undefined;
      const names = await this.#names();
      const segments: Segment[] = [];
      let lsn = 0;
      for (const [index, name] of names.entries()) {
        const scanned = await this.#scan(name, lsn, index === names.length - 1);
        lsn = scanned.frames.at(-1)?.lsn ?? Math.max(lsn, Number.parseInt(name, 10));
        if (scanned.end > 0) segments.push({ name, bytes: scanned.end });
      }
      return { journal, segments };
    });
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#forget());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #forget(): Promise<void> {
    const file = this.#file;
    this.#session = '';
    this.#journal = '';
    this.#segments = [];
    this.#file = undefined;
    this.#end = undefined;
    this.#sure = undefined;
    this.#unsure = [];
    await file?.close();
  }

  async #id(): Promise<string | undefined> {
    const { directory, files } = this.#options;
    const names = await files.list(directory).catch((error: unknown): readonly string[] => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.includes(ID_FILE) ? (await files.read(join(directory, ID_FILE))).toString() : undefined;
  }

  async #names(): Promise<readonly string[]> {
    return (await this.#options.files.list(this.#options.directory)).filter(isSegmentName).sort();
  }

  async #scan(name: string, above: number, isNewest: boolean) {
    const path = join(this.#options.directory, name);
    try {
      return scanSegment(path, await this.#options.files.read(path), above, isNewest);
    } catch (error) {
      if (!(error instanceof JournalDamaged)) throw error;
      throw new MirrorRefused('damaged', error.message);
    }
  }

  /** Where it ends. Only the newest segment is read; what was never durable of it is cut. */
  async #load(): Promise<void> {
    const { directory, files } = this.#options;
    for (const name of await this.#names()) {
      this.#segments.push({ name, bytes: (await files.facts(join(directory, name))).size });
    }
    const newest = this.#segments.at(-1);
    if (newest === undefined) return;
    const path = join(directory, newest.name);
    const { end, torn } = await this.#scan(newest.name, Number.parseInt(newest.name, 10), true);
    if (end < MAGIC.length) {
      await files.remove(path);
      this.#segments = [];
      return this.#load();
    }
    this.#file = await files.append(path);
    if (torn > 0) await this.#shorten(this.#file, end);
    // A killed process may have left what was written and never synced. It was read, and counts from now on.
    else await this.#file.sync();
    newest.bytes = end;
    this.#end = beginningOf(newest.name);
    this.#sure = this.#end;
    this.#noteFrames(framePlaces((await files.read(path)).subarray(MAGIC.length)), newest.name, MAGIC.length);
  }

  #state(): MirrorState {
    const [session, end, sure] = [this.#session, this.#end, this.#sure];
    return { session, ...(end !== undefined && { end }), ...(sure !== undefined && { sure }) };
  }

  /** The records of a piece that fits where the mirror ends. */
  #checked({ segment, at, cut, oldest, bytes }: MirrorPiece): readonly FramePlace[] {
    if (!isSegmentName(segment) || !isSegmentName(oldest) || oldest > segment) throw malformed('the names of segments');
    const end = cut ? this.#sure : this.#end;
    const goesOn = end?.segment === segment ? at === end.at : at === MAGIC.length && segment > (end?.segment ?? '');
    if (!goesOn || (cut && end?.segment !== segment)) {
      const here = end === undefined ? 'nothing is here' : `the mirror ends at ${end.segment}, byte ${end.at}`;
      throw new MirrorRefused('place', `${here}, and not at ${segment}, byte ${at}`);
    }
    const frames = framePlaces(bytes);
    if (frames.at(-1)?.end !== bytes.length) throw malformed('a record of the piece is not whole');
    let lsn = Math.max(end?.lsn ?? 0, Number.parseInt(segment, 10));
    for (const frame of frames) {
      if (frame.lsn <= lsn) throw malformed(`record ${frame.lsn} follows ${lsn}`);
      lsn = frame.lsn;
    }
    return frames;
  }

  async #checkRoom(bytes: number): Promise<void> {
    const { bytesMax, room } = this.#options;
    const taken = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    if (taken + bytes > bytesMax) {
      throw new MirrorRefused('full', `a mirror may take ${bytesMax} bytes here, and has ${taken}`);
    }
    const left = await room();
    if (bytes > left) throw new MirrorRefused('full', `the disk has no room for it beside the journal of its own`);
  }

  async #cut(): Promise<void> {
    const [newest, sure] = [this.#segments.at(-1), this.#sure];
    if (newest === undefined || sure === undefined || this.#file === undefined)
      throw malformed('there is nothing to cut');
    await this.#shorten(this.#file, sure.at);
    newest.bytes = sure.at;
    this.#end = sure;
    this.#unsure = [];
  }

  async #shorten(file: AppendFile, size: number): Promise<void> {
    await file.truncate(size);
    await file.sync();
  }

  async #write({ segment, bytes }: MirrorPiece): Promise<void> {
    const { directory, files } = this.#options;
    const isNew = this.#segments.at(-1)?.name !== segment;
    const size = isNew ? 0 : (this.#segments.at(-1)?.bytes ?? 0);
    try {
      if (isNew) await this.#makeSegment(segment);
      const file = this.#file;
      if (file === undefined) throw new Error('the mirror has no file open');
      await file.write(isNew ? Buffer.concat([MAGIC, bytes]) : bytes);
      if (!file.writesThrough) await file.sync();
      if (isNew) await files.syncFolder(directory);
    } catch (error) {
      await this.#takeBack(error, segment, size);
    }
  }

  async #makeSegment(segment: string): Promise<void> {
    const { directory, files } = this.#options;
    await files.makeFolder(directory);
    if ((await this.#id()) === undefined) await files.put(join(directory, ID_FILE), this.#journal);
    await this.#file?.close();
    this.#file = await files.append(join(directory, segment));
    await this.#file.truncate(0);
    this.#segments.push({ name: segment, bytes: 0 });
  }

  /**
   * A full disk: what was written of it goes, and the rest stays as it was. After any other failure nobody knows what of the file
   * is on the disk, and asking again would prove nothing: it goes as a whole, and the owner sends it anew.
   */
  async #takeBack(error: unknown, segment: string, size: number): Promise<never> {
    const { directory, files } = this.#options;
    const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(error));
    if (isFull && size > 0 && this.#file !== undefined) await this.#shorten(this.#file, size);
    else {
      await this.#forget();
      await files.remove(join(directory, segment));
    }
    if (isFull) throw new MirrorRefused('full', 'the disk of the mirror is full');
    throw new MirrorRefused('failed', `the mirror could not be written: ${String(error)}`);
  }

  #note(frames: readonly FramePlace[], { segment, at }: MirrorPiece): void {
    const newest = this.#segments.at(-1);
    if (newest === undefined) return;
    if (this.#end?.segment !== segment) {
      this.#end = beginningOf(segment);
      this.#sure = this.#end;
      this.#unsure = [];
    }
    this.#noteFrames(frames, segment, at);
    newest.bytes = this.#end.at;
  }

  /** Frames whose ends are counted from `at`. */
  #noteFrames(frames: readonly FramePlace[], segment: string, at: number): void {
    for (const frame of frames) this.#unsure.push({ ...frame, end: at + frame.end });
    const last = this.#unsure.at(-1);
    if (last === undefined) return;
    const from = this.#unsure.findIndex(({ lsn }) => lsn > last.durable);
    const sure = this.#unsure[from - 1];
    if (sure !== undefined) {
      this.#sure = { segment, at: sure.end, lsn: sure.lsn, crc: sure.crc };
      this.#unsure = this.#unsure.slice(from);
    }
    this.#end = { segment, at: last.end, lsn: last.lsn, crc: last.crc };
  }

  async #giveUpBefore(oldest: string): Promise<void> {
    const { directory, files } = this.#options;
    while ((this.#segments[0]?.name ?? oldest) < oldest && this.#segments.length > 1) {
      await files.remove(join(directory, this.#segments[0]?.name ?? ''));
      this.#segments.shift();
    }
  }
}

function malformed(what: string): MirrorRefused {
  return new MirrorRefused('malformed', what);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
