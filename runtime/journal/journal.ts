/**
 * The truth of one scheduler: what it has promised, in the order in which it did, on its own disk. The store is a view that
 * can be rebuilt from the journals of all schedulers.
 *
 * Glossary
 * - record: one promise, as bytes that the journal never looks into
 * - LSN: its number, from 1, without gaps; it never repeats, also after a restart
 * - durable: on the disk, by an fsync that has returned, or by a write that brings its own
 * - group commit: one fsync for all records that came while the one before ran; off the event loop
 * - segment: one file of consecutive records; only the newest grows
 * - open record: one that must survive (a task that has not ended); the others are history
 *
 * Promises
 * 1. `append` gives LSNs in the order of its calls, at once, and writes in that order. `durable(lsn)` resolves when that
 *    record and all before it are durable, and never resolves otherwise.
 * 2. After a crash `read` gives a prefix of what was appended that holds all durable records. A torn tail is cut; damage
 *    before it refuses to open, naming file and offset.
 * 3. A failed fsync ends the process (`onFatal`): it is never tried again, nothing behind it is acknowledged.
 * 4. A full disk, or `bytesMax`, refuses records of class `submit` (`JournalFull`) while those of class `settle` still fit
 *    into space kept for them. Those, and what is appended again (5.), are written whatever the size is.
 * 5. Space comes back by whole segments, from the oldest: when none of its records is open and `keepMs` are over. Open
 *    records of an old segment are appended again (same bytes, new LSN) so that one waiting task does not hold them all.
 */
export interface Journal {
  /** The newest LSN; 0 when empty. */
  readonly lsn: number;
  /** The newest durable LSN. */
  readonly durableLsn: number;
  readonly stats: JournalStats;
  /** Throws `JournalFull` for `submit`. `open`: the name under which the record is kept until `close(name)`. */
  append(payload: Uint8Array, options: AppendOptions): number;
  /** The record of this name is history. Not durable by itself: after a restart the reader says it again. */
  settle(name: string): void;
  durable(lsn: number): Promise<void>;
  /** Records above `afterLsn` that are durable, in order. */
  read(afterLsn: number): AsyncIterable<JournalRecord>;
  /** Never goes below: also after the files were lost, when the store knows a larger one. */
  raise(lsn: number): void;
  /** Makes everything appended durable, and releases the directory. */
  close(): Promise<void>;
}

export interface AppendOptions {
  readonly class: 'submit' | 'settle';
  readonly open?: string;
}

export interface JournalRecord {
  readonly lsn: number;
  readonly payload: Uint8Array;
}

export interface JournalStats {
  /** Bytes of all segments. */
  readonly bytes: number;
  readonly bytesMax: number;
  readonly openRecords: number;
  /** Age of the oldest record that is not durable; 0 when all are. */
  readonly pendingMs: number;
}

export interface JournalOptions {
  /** Its own; a second process that opens it is refused. */
  readonly directory: string;
  readonly segmentBytes: number;
  readonly bytesMax: number;
  /** Of `bytesMax`, kept for `settle`. */
  readonly reserveBytes: number;
  readonly keepMs: number;
  readonly nowMs: () => number;
  /** Called at most once, with the reason; the process must end. */
  readonly onFatal: (error: Error) => void;
  readonly onSync?: (seconds: number) => void;
  /** The disk is full, and what is in reserve is given up; or there is room again. Told once of each. */
  readonly onFull?: (isFull: boolean) => void;
  readonly copy?: JournalCopy;
}

/**
 * A second place for all that the journal writes. A batch counts as durable when its sync has returned and the copy has let it
 * go; so records are named durable by later ones only then.
 */
export interface JournalCopy {
  /** The journal is open. `parts`: its segments as they are on the disk at the moment of the call, the oldest first. */
  begin(parts: () => readonly JournalPart[]): void;
  /** A batch is being written; the next one comes when this has resolved. Never rejects. */
  take(batch: JournalBatch): Promise<void>;
}

export interface JournalPart {
  readonly name: string;
  readonly file: string;
  /** How much of it has been written, and synced. */
  readonly bytes: number;
}

/** Whole records, and where they stand. */
export interface JournalBatch {
  readonly name: string;
  readonly at: number;
  readonly bytes: Buffer;
}
