import { basename, join } from 'node:path';
import { lockFolder } from '../folder-lock/folder-lock.ts';
import { encodeFrames, type Frame } from './frame.ts';
import { realFiles, type AppendFile, type JournalFiles } from './journal-files.ts';
import { JournalFull } from './journal-full.ts';
import type { AppendOptions, Journal, JournalOptions, JournalRecord, JournalStats } from './journal.ts';
import { isSegmentName, MAGIC, scanSegment, segmentName } from './segment.ts';

/** Opens a journal, or makes one. Throws `JournalDamaged` when what was durable cannot be read; nothing is changed then. */
export async function openJournal(options: JournalOptions, files: JournalFiles = realFiles): Promise<Journal> {
  await files.makeFolder(options.directory);
  const unlock = await lockWithRoom(options.directory, files);
  try {
    const found = await load(options, files);
    const journal = new FileJournal(options, files, unlock, found);
    await journal.begin();
    return journal;
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** On a full disk a start needs room as well: what is in reserve is given up for it. */
async function lockWithRoom(directory: string, files: JournalFiles): Promise<() => Promise<void>> {
  const lock = { directory, file: 'lock', what: 'the journal' };
  try {
    return await lockFolder(lock);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    await files.remove(join(directory, RESERVE));
    return lockFolder(lock);
  }
}

interface Segment {
  readonly file: string;
  bytes: number;
  /** Newest LSN in it; that above which it begins while it is empty. */
  lsn: number;
  /** When it was written to last. */
  changedMs: number;
  /** How many of its records are open. */
  open: number;
}

interface Loaded {
  readonly segments: Segment[];
  /** Segment of each open record. */
  readonly where: Map<string, Segment>;
  readonly lsn: number;
}

async function load({ directory }: JournalOptions, files: JournalFiles): Promise<Loaded> {
  const names = (await files.list(directory)).filter(isSegmentName).sort();
  const segments: Segment[] = [];
  const where = new Map<string, Segment>();
  let lsn = 0;
  for (const [index, name] of names.entries()) {
    const file = join(directory, name);
    const isNewest = index === names.length - 1;
    lsn = Math.max(lsn, Number.parseInt(name, 10));
    const scanned = scanSegment(file, await files.read(file), lsn, isNewest);
    if (scanned.torn > 0) await cut(files, file, scanned.end);
    const segment = segmentOf(file, scanned.end, lsn, (await files.facts(file)).changedMs);
    for (const { lsn: at, name: open } of scanned.frames) {
      lsn = at;
      segment.lsn = at;
      if (open !== '') holdOpen(where, open, segment);
    }
    segments.push(segment);
  }
  return { segments, where, lsn };
}

/** Of one that was carried forward, the newer one counts. */
function holdOpen(where: Map<string, Segment>, name: string, segment: Segment): void {
  const before = where.get(name);
  if (before !== undefined) before.open -= 1;
  where.set(name, segment);
  segment.open += 1;
}

async function cut(files: JournalFiles, file: string, size: number): Promise<void> {
  const handle = await files.append(file);
  await handle.truncate(size);
  await handle.sync();
  await handle.close();
}

function segmentOf(file: string, bytes: number, lsn: number, changedMs: number): Segment {
  return { file, bytes, lsn, changedMs, open: 0 };
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

const RESERVE = 'reserve';
const FULL_RETRY_MS = 100;
const RESERVE_RETRY_MS = 1000;
/** A record's place in a file besides its payload, at most. */
const OVERHEAD = 128;
const BATCH_BYTES = 4_194_304;

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
  /** The disk is full; the reserve is used. */
  #full = false;
  /** When the reserve was asked for last. */
  #triedMs = 0;
  #dead = false;
  #closed = false;
  #carrying = false;

  constructor(
    options: JournalOptions,
    files: JournalFiles,
    unlock: () => Promise<void>,
    { segments, where, lsn }: Loaded,
  ) {
    this.#options = options;
    this.#files = files;
    this.#unlock = unlock;
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
    await this.#takeReserve();
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

  async close(): Promise<void> {
    this.#closed = true;
    while (this.#writing !== undefined && !this.#dead) await this.#writing;
    await this.#newest?.close();
    await this.#unlock();
  }

  #bytes(): number {
    return this.#written + this.#pendingBytes;
  }

  #checkRoom(bytes: number): void {
    const { bytesMax, reserveBytes } = this.#options;
    if (this.#full) {
      if (this.#options.nowMs() - this.#triedMs >= RESERVE_RETRY_MS) this.#writing ??= this.#writeAll();
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

  /** Writes, and waits for room as long as there is none: what is written here was promised or has happened. */
  async #write(bytes: Buffer): Promise<void> {
    const { bytes: size } = this.#current();
    for (;;) {
      try {
        await this.#file().write(bytes);
        return;
      } catch (error) {
        if (!isNoSpace(error)) throw error;
        this.#full = true;
        await this.#file().truncate(size);
        await this.#files.remove(join(this.#options.directory, RESERVE));
        await new Promise((resolve) => setTimeout(resolve, FULL_RETRY_MS));
      }
    }
  }

  async #writeDurably(bytes: Buffer): Promise<void> {
    const { writesThrough } = this.#file();
    const begun = performance.now();
    await this.#write(bytes);
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
    await this.#firstBytes(handle);
    await handle.sync();
    await this.#files.syncFolder(directory);
    this.#newest = handle;
    this.#segments.push(segmentOf(file, MAGIC.length, this.#durable, nowMs()));
    this.#written += MAGIC.length;
  }

  async #firstBytes(handle: AppendFile): Promise<void> {
    for (;;) {
      try {
        await handle.write(MAGIC);
        return;
      } catch (error) {
        if (!isNoSpace(error)) throw error;
        this.#full = true;
        await handle.truncate(0);
        await this.#files.remove(join(this.#options.directory, RESERVE));
        await new Promise((resolve) => setTimeout(resolve, FULL_RETRY_MS));
      }
    }
  }

  /** Space that only ends may use, as a file that is given up when the disk is full. */
  async #takeReserve(): Promise<void> {
    const { directory, reserveBytes } = this.#options;
    const path = join(directory, RESERVE);
    this.#triedMs = this.#options.nowMs();
    try {
      const handle = await this.#files.append(path);
      try {
        const { size } = await this.#files.facts(path);
        const block = Buffer.alloc(Math.min(1_048_576, reserveBytes));
        for (let left = reserveBytes - size; left > 0; left -= block.length) {
          await handle.write(block.subarray(0, Math.min(block.length, left)));
        }
        await handle.sync();
      } finally {
        // What is removed while it is open takes its room still.
        await handle.close();
      }
      this.#full = false;
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      await this.#files.remove(path);
      this.#full = true;
    }
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
    if (this.#full && (removed || nowMs() - this.#triedMs >= RESERVE_RETRY_MS)) await this.#takeReserve();
  }

  async #carry(oldest: Segment): Promise<void> {
    if (this.#carrying) return;
    this.#carrying = true;
    const frames = await this.#framesOf(oldest);
    for (const { name, payload } of this.#closed ? [] : frames) {
      if (name !== '' && this.#where.get(name) === oldest) this.append(payload, { class: 'settle', open: name });
    }
    // The batch that has them moves them; the next trim finds the segment free.
    this.#carrying = false;
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

function isNoSpace(error: unknown): boolean {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
