import { encodeFrames } from '../journal/frame.ts';
import type { JournalBatch, JournalPart, JournalRecord } from '../journal/journal.ts';
import { MAGIC, scanSegment, segmentName } from '../journal/segment.ts';
import { framePlaces, type PartFiles } from '../mirror/places.ts';

/** So small that a journal has several. */
const SEGMENT_BYTES = 3000;

interface Segment {
  readonly name: string;
  bytes: Buffer;
  /** Synced, and let go by the mirror. */
  settled: number;
}

/** A journal that is mirrored, as it stands in its files, byte by byte. */
export class SimSegments implements PartFiles {
  #segments: Segment[] = [];
  /** The newest record, and what it says was durable when it was written. */
  #last = 0;
  #durable = 0;

  parts(): readonly JournalPart[] {
    return this.#segments.map(({ name, settled }) => ({ name, file: name, bytes: settled }));
  }

  readAt(name: string, at: number, length: number): Promise<Buffer> {
    const bytes = this.#segments.find((segment) => segment.name === name)?.bytes.subarray(at, at + length);
    return Promise.resolve(Buffer.from(bytes ?? []));
  }

  /** Whether somebody else has all that is settled here. */
  isIn(there: (name: string) => Buffer | undefined): boolean {
    return this.#segments.every(({ name, bytes, settled }) => {
      const copy = there(name);
      return settled <= MAGIC.length || copy?.subarray(0, settled).equals(bytes.subarray(0, settled)) === true;
    });
  }

  /** A batch begins to be written. */
  write(records: readonly JournalRecord[], durable: number): JournalBatch {
    this.#durable = durable;
    const bytes = encodeFrames(records.map(({ lsn, payload }) => ({ lsn, durable, name: '', payload })));
    const segment = this.#roomFor(bytes.length);
    this.#last = records.at(-1)?.lsn ?? this.#last;
    const at = segment.bytes.length;
    segment.bytes = Buffer.concat([segment.bytes, bytes]);
    return { name: segment.name, at, bytes };
  }

  /** The batch is durable, here and where it is mirrored. */
  settle(): void {
    for (const segment of this.#segments) segment.settled = segment.bytes.length;
  }

  /** `written` is what a crash has left: the files end with it, also where no batch had it yet. */
  crash(written: readonly JournalRecord[]): void {
    const last = written.at(-1)?.lsn ?? 0;
    let there = 0;
    for (const segment of this.#segments) {
      const kept = framePlaces(segment.bytes.subarray(MAGIC.length)).filter(({ lsn }) => lsn <= last);
      segment.bytes = segment.bytes.subarray(0, MAGIC.length + (kept.at(-1)?.end ?? 0));
      there = kept.at(-1)?.lsn ?? there;
    }
    this.#last = there;
    const more = written.filter(({ lsn }) => lsn > there);
    if (more.length > 0) this.write(more, Math.min(this.#durable, there));
    this.settle();
  }

  /** All of it is gone; or comes back, as it was mirrored. Gives the records. */
  replace(segments: readonly { readonly name: string; readonly bytes: Buffer }[]): readonly JournalRecord[] {
    this.#segments = segments.map(({ name, bytes }) => ({ name, bytes, settled: bytes.length }));
    this.#last = 0;
    this.#durable = 0;
    let above = 0;
    return segments.flatMap(({ name, bytes }) => {
      const { frames } = scanSegment(name, bytes, above, false);
      above = frames.at(-1)?.lsn ?? above;
      this.#last = above;
      return frames.map(({ lsn, payload }) => ({ lsn, payload }));
    });
  }

  #roomFor(bytes: number): Segment {
    const newest = this.#segments.at(-1);
    if (
      newest !== undefined &&
      (newest.bytes.length === MAGIC.length || newest.bytes.length + bytes <= SEGMENT_BYTES)
    ) {
      return newest;
    }
    const made = { name: segmentName(this.#last), bytes: MAGIC, settled: MAGIC.length };
    this.#segments.push(made);
    return made;
  }
}
