import { basename, join } from 'node:path';
import { encodeFrames, type Frame } from './frame.ts';
import { realFiles, type AppendFile, type JournalFiles } from './journal-files.ts';
import { JournalFull } from './journal-full.ts';
import type { AppendOptions, Journal, JournalOptions, JournalRecord, JournalStats } from './journal.ts';
import { holdOpen, loadSegments, segmentOf, type Loaded, type Segment } from './load-segments.ts';
import { isCode, lockWithRoom, Reserve } from './reserve.ts';
import { MAGIC, scanSegment, segmentName } from './segment.ts';

/** Opens a journal, or makes one. Throws `JournalDamaged` when what was durable cannot be read; nothing is changed then. */
export async function openJournal(options: JournalOptions, files: JournalFiles = realFiles): Promise<Journal> {
  await files.makeFolder(options.directory);
  const unlock = await lockWithRoom(options.directory, files);
  try {
    const found = await loadSegments(options, files);
    const journal = new FileJournal(options, files, unlock, found);
    await journal.begin();
    return journal;
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Pending {
  readonly lsn: number;
  readonly name: string;
  readonly payload: Uint8Array;
  readonly atMs: number;
}

interface Waiter {
  readonly lsn: number;
  readonly resolve: () => void;
}

/** A record's place in a file besides its payload, at most. */
const OVERHEAD = 128;
const BATCH_BYTES = 4_194_304;
/** On a full disk what is carried forward at once takes such a part of the reserve at most. */
const CARRIED_SHARE = 8;

/** What the sockets have brought by now is appended before it resolves: it goes together. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function room(name: string, payload: Uint8Array): number {
  return payload.length + name.length + OVERHEAD;
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0);
}

class FileJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #files: JournalFiles;
  readonly #unlock: () => Promise<void>;
  readonly #reserve: Reserve;
  readonly #segments: Segment[];
  readonly #where: Map<string, Segment>;
  /** Of all segments. */
  #written = 0;
  #newest: AppendFile | undefined;
  #lsn: number;
  #durable: number;
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #waiters: Waiter[] = [];
  #writing: Promise<void> | undefined;
  #dead = false;
  #closed = false;
  #closing: Promise<void> | undefined;
  #carrying = false;
  /** What was left where it is, since the disk is full. */
  #left: Segment | undefined;

  constructor(
    options: JournalOptions,
    files: JournalFiles,
    unlock: () => Promise<void>,
    { segments, where, lsn }: Loaded,
  ) {
    this.#options = options;
    this.#files = files;
    this.#unlock = unlock;
    this.#reserve = new Reserve(options, files);
    this.#segments = segments;
    this.#lsn = lsn;
    this.#durable = lsn;
    this.#where = where;
  }

  get lsn(): number {
    return this.#lsn;
  }

  get durableLsn(): number {
    return this.#durable;
  }

  get stats(): JournalStats {
    const oldest = this.#pending[0]?.atMs;
    return {
      bytes: this.#bytes(),
      bytesMax: this.#options.bytesMax,
      openRecords: this.#where.size,
      pendingMs: oldest === undefined ? 0 : Math.max(0, this.#options.nowMs() - oldest),
    };
  }

  /** Opens the newest segment for writing, and takes the reserve. */
  async begin(): Promise<void> {
    const newest = this.#segments.at(-1);
    if (newest === undefined || newest.bytes < MAGIC.length) {
      this.#segments.pop();
      await this.#addSegment(newest?.file);
    } else {
      this.#newest = await this.#files.append(newest.file);
      // A killed process may have left records that were written and never synced. They were read, and count from now on.
      await this.#newest.sync();
    }
    this.#written = bytesOf(this.#segments);
    await this.#reserve.take();
    this.#options.copy?.begin(() => this.#segments.map(({ file, bytes }) => ({ name: basename(file), file, bytes })));
  }

  append(payload: Uint8Array, { class: kind, open = '' }: AppendOptions): number {
    if (this.#closed) throw new Error('the journal is closed');
    const bytes = room(open, payload);
    if (kind === 'submit') this.#checkRoom(bytes);
    this.#lsn += 1;
    this.#pending.push({ lsn: this.#lsn, name: open, payload, atMs: this.#options.nowMs() });
    this.#pendingBytes += bytes;
    this.#wake();
    return this.#lsn;
  }

  settle(name: string): void {
    const segment = this.#where.get(name);
    if (segment === undefined) return;
    segment.open -= 1;
    this.#where.delete(name);
  }

  durable(lsn: number): Promise<void> {
    if (lsn <= this.#durable) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ lsn, resolve });
      this.#wake();
    });
  }

  async *read(afterLsn: number): AsyncGenerator<JournalRecord> {
    const upTo = this.#durable;
    for (const segment of [...this.#segments]) {
      if (segment.lsn <= afterLsn) continue;
      for (const { lsn, payload } of await this.#framesOf(segment)) {
        if (lsn > upTo) return;
        if (lsn > afterLsn) yield { lsn, payload };
      }
    }
  }

  raise(lsn: number): void {
    this.#lsn = Math.max(this.#lsn, lsn);
  }

  /** Once: the lock that would be taken away a second time may be that of whoever came next. */
  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    while (this.#writing !== undefined && !this.#dead) await this.#writing;
    await this.#newest?.close();
    await this.#unlock();
  }

  #bytes(): number {
    return this.#written + this.#pendingBytes;
  }

  #checkRoom(bytes: number): void {
    const { bytesMax, reserveBytes } = this.#options;
    if (this.#reserve.isUsed) {
      if (this.#reserve.isDue) this.#writing ??= this.#writeAll();
      throw new JournalFull('the disk of the journal is full');
    }
    if (this.#bytes() + bytes > bytesMax - reserveBytes) throw new JournalFull('the journal is as large as it may be');
  }

  #wake(): void {
    if (this.#writing !== undefined || this.#dead || this.#pending.length === 0) return;
    this.#writing = this.#writeAll();
  }

  /** Group commit: what came while one write ran goes with the next. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        await turnOfLoop();
        await this.#writeBatch(this.#takeBatch());
      }
      await this.#trim();
    } catch (error) {
      this.#dead = true;
      this.#options.onFatal(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#writing = undefined;
    }
    this.#wake();
  }

  #takeBatch(): readonly Pending[] {
    let bytes = 0;
    const end = this.#pending.findIndex(({ payload }) => {
      bytes += payload.length;
      return bytes > BATCH_BYTES;
    });
    // At least one, however large.
    return this.#pending.slice(0, end === -1 ? this.#pending.length : Math.max(1, end));
  }

  async #writeBatch(batch: readonly Pending[]): Promise<void> {
    const durable = this.#durable;
    const bytes = encodeFrames(batch.map(({ lsn, name, payload }) => ({ lsn, durable, name, payload })));
    await this.#rotate(bytes.length);
    const segment = this.#current();
    const copied = this.#options.copy?.take({ name: basename(segment.file), at: segment.bytes, bytes });
    await this.#writeDurably(bytes);
    if (copied !== undefined) await copied;
    segment.bytes += bytes.length;
    this.#written += bytes.length;
    segment.changedMs = this.#options.nowMs();
    for (const { lsn, name, payload } of batch) {
      segment.lsn = lsn;
      this.#pendingBytes -= room(name, payload);
      if (name !== '') holdOpen(this.#where, name, segment);
    }
    this.#pending = this.#pending.slice(batch.length);
    this.#reach(segment.lsn);
  }

  #reach(lsn: number): void {
    this.#durable = lsn;
    const ready = this.#waiters.filter((waiter) => waiter.lsn <= lsn);
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter.lsn > lsn);
    for (const { resolve } of ready) resolve();
  }

  async #writeDurably(bytes: Buffer): Promise<void> {
    const { writesThrough } = this.#file();
    const begun = performance.now();
    await this.#reserve.write(this.#file(), bytes, this.#current().bytes);
    const written = performance.now();
    // An fsync that has failed may say yes the next time although the data is gone: it is never tried again.
    if (!writesThrough) await this.#file().sync();
    this.#options.onSync?.((performance.now() - (writesThrough ? begun : written)) / 1000);
  }

  async #rotate(bytes: number): Promise<void> {
    const { segmentBytes } = this.#options;
    const current = this.#current();
    if (current.bytes === MAGIC.length || current.bytes + bytes <= segmentBytes) return;
    await this.#newest?.close();
    await this.#addSegment();
  }

  async #addSegment(again?: string): Promise<void> {
    const { directory, nowMs } = this.#options;
    const file = again ?? join(directory, segmentName(this.#durable));
    const handle = await this.#files.append(file);
    if (again !== undefined) await handle.truncate(0);
    await this.#reserve.write(handle, MAGIC, 0);
    await handle.sync();
    await this.#files.syncFolder(directory);
    this.#newest = handle;
    this.#segments.push(segmentOf(file, MAGIC.length, this.#durable, nowMs()));
    this.#written += MAGIC.length;
  }

  /** Gives up the oldest segments that nothing needs, and carries forward what would hold one for ever. */
  async #trim(): Promise<void> {
    // What would be carried forward cannot be appended any more; the next life does it.
    if (this.#closed) return;
    const { keepMs, nowMs } = this.#options;
    let removed = false;
    while (this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest === undefined || nowMs() - oldest.changedMs < keepMs) break;
      if (oldest.open > 0) {
        await this.#carry(oldest);
        break;
      }
      this.#segments.shift();
      this.#written -= oldest.bytes;
      await this.#files.remove(oldest.file);
      removed = true;
    }
    if (this.#reserve.isUsed && (removed || this.#reserve.isDue)) await this.#reserve.take();
  }

  async #carry(oldest: Segment): Promise<void> {
    if (this.#carrying || (this.#left === oldest && this.#reserve.isUsed && !this.#reserve.isDue)) return;
    this.#carrying = true;
    const frames = await this.#framesOf(oldest);
    const open = frames.filter(({ name }) => name !== '' && this.#where.get(name) === oldest);
    const isLeft = this.#closed || !this.#mayCarry(open);
    this.#left = isLeft ? oldest : undefined;
    for (const { name, payload } of isLeft ? [] : open) this.append(payload, { class: 'settle', open: name });
    // The batch that has them moves them; the next trim finds the segment free.
    this.#carrying = false;
  }

  /** The room in reserve is for ends: what is carried forward must be written before its segment makes room. */
  #mayCarry(frames: readonly Frame[]): boolean {
    if (!this.#reserve.isUsed) return true;
    const bytes = frames.reduce((sum, { name, payload }) => sum + room(name, payload), 0);
    return bytes <= this.#options.reserveBytes / CARRIED_SHARE;
  }

  async #framesOf(segment: Segment): Promise<readonly Frame[]> {
    const bytes = await this.#files.read(segment.file).catch((error: unknown) => {
      // It was given up meanwhile: nothing in it is open.
      if (isCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (bytes === undefined) return [];
    const above = Number.parseInt(segment.file.slice(-'0000000000000000.journal'.length), 10);
    return scanSegment(segment.file, bytes, above, segment === this.#segments.at(-1)).frames;
  }

  #current(): Segment {
    const segment = this.#segments.at(-1);
    if (segment === undefined) throw new Error('the journal has no segment');
    return segment;
  }

  #file(): AppendFile {
    if (this.#newest === undefined) throw new Error('the journal is not open');
    return this.#newest;
  }
}
