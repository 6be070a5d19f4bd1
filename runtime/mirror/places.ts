import { open, type FileHandle } from 'node:fs/promises';
import { readFrame } from '../journal/frame.ts';
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

/** At most a piece of a file between two bytes, as far as its records are whole; empty when the first is not. */
export async function readPiece(path: string, from: number, to: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    return await wholeRecords(file, from, to);
  } finally {
    await file.close();
  }
}

/** Whether a record of a file ends at this place. */
export async function endsAt(path: string, size: number, place: Place): Promise<boolean> {
  if (place.at > size) return false;
  if (place.at === MAGIC.length) return true;
  const file = await open(path, 'r');
  try {
    let at = MAGIC.length;
    for (;;) {
      const bytes = await wholeRecords(file, at, place.at);
      const last = framePlaces(bytes).at(-1);
      if (last === undefined) return false;
      at += bytes.length;
      if (at === place.at) return last.lsn === place.lsn && last.crc === place.crc;
    }
  } finally {
    await file.close();
  }
}

async function wholeRecords(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.min(to - from, PIECE_BYTES_MAX));
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, framePlaces(bytes.subarray(0, filled)).at(-1)?.end ?? 0);
}
