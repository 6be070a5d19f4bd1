import { JournalDamaged } from './journal-damaged.ts';
import { readFrame, type Frame } from './frame.ts';

/** First bytes of every segment; the last digit is the version of the format. */
export const MAGIC = Buffer.from('NTJRNL\n1');

const NAME = /^(\d{16})\.journal$/;

/** A segment is named by the LSN above which its records are. */
export function segmentName(afterLsn: number): string {
  return `${String(afterLsn).padStart(16, '0')}.journal`;
}

export function isSegmentName(name: string): boolean {
  return NAME.test(name);
}

export interface ScannedSegment {
  readonly frames: readonly Frame[];
  /** Bytes up to the end of the last frame. */
  readonly end: number;
  /** Bytes behind it that are cut: a tail that was never durable. */
  readonly torn: number;
}

/**
 * The frames of a whole segment. A tail that was never durable is left out; only the newest segment may have one. Throws
 * `JournalDamaged` for anything else that cannot be read.
 */
export function scanSegment(file: string, bytes: Buffer, above: number, isNewest: boolean): ScannedSegment {
  if (bytes.length < MAGIC.length && isNewest) return { frames: [], end: 0, torn: bytes.length };
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new JournalDamaged(file, 0, 'not a segment of this version');
  const frames: Frame[] = [];
  let last = above;
  let at = MAGIC.length;
  while (at < bytes.length) {
    const read = readFrame(bytes, at);
    if (read.kind !== 'frame') {
      if (!isNewest || wasDurable(bytes, at, last))
        throw new JournalDamaged(file, at, 'a record that was durable is broken');
      return { frames, end: at, torn: bytes.length - at };
    }
    if (read.frame.lsn <= last) throw new JournalDamaged(file, at, `record ${read.frame.lsn} follows ${last}`);
    last = read.frame.lsn;
    frames.push(read.frame);
    at = read.end;
  }
  return { frames, end: at, torn: 0 };
}

/** Whether something behind a broken place says that it had been durable: then it is damage and no torn tail. */
function wasDurable(bytes: Buffer, from: number, last: number): boolean {
  for (let at = from + 1; at < bytes.length; at += 1) {
    const read = readFrame(bytes, at);
    if (read.kind === 'frame' && read.frame.lsn > last && read.frame.durable > last) return true;
  }
  return false;
}
