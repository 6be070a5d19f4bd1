import { readFrame } from '../journal/frame.ts';
import type { JournalFiles } from '../journal/journal-files.ts';
import { MAGIC } from '../journal/segment.ts';
import { PIECE_BYTES_MAX, type Place } from './mirror.ts';

/** A whole record in some bytes. */
export interface FramePlace {
  readonly lsn: number;
  readonly durable: number;
  readonly crc: number;
  readonly end: number;
}

/** The sound records that bytes begin with. */
export function framePlaces(bytes: Buffer): readonly FramePlace[] {
  const found: FramePlace[] = [];
  for (let at = 0; at < bytes.length;) {
    const read = readFrame(bytes, at);
    if (read.kind !== 'frame') break;
    const { lsn, durable } = read.frame;
    found.push({ lsn, durable, crc: bytes.readUInt32LE(at + 4), end: read.end });
    at = read.end;
  }
  return found;
}

/** The place at which a segment begins. */
export function beginningOf(segment: string): Place {
  return { segment, at: MAGIC.length, lsn: 0, crc: 0 };
}

export function isSamePlace(one: Place | undefined, other: Place | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.segment === other.segment && one.at === other.at && one.lsn === other.lsn && one.crc === other.crc;
}

/** Reads of files what a mirror is made of. */
export type PartFiles = Pick<JournalFiles, 'readAt'>;

/** At most a piece of a file between two bytes, as far as its records are whole; empty when the first is not. */
export async function readPiece(files: PartFiles, path: string, from: number, to: number): Promise<Buffer> {
  const bytes = await files.readAt(path, from, Math.min(to - from, PIECE_BYTES_MAX));
  return bytes.subarray(0, framePlaces(bytes).at(-1)?.end ?? 0);
}

/** Whether a record of a file ends at this place. */
export async function endsAt(files: PartFiles, path: string, size: number, place: Place): Promise<boolean> {
  if (place.at > size) return false;
  for (let at = MAGIC.length; at < place.at;) {
    const bytes = await readPiece(files, path, at, place.at);
    const last = framePlaces(bytes).at(-1);
    if (last === undefined) return false;
    at += bytes.length;
    if (at === place.at) return last.lsn === place.lsn && last.crc === place.crc;
  }
  return place.at === MAGIC.length;
}
