import { crc32 } from './crc32.ts';

/**
 * A record as it stands in a segment:
 *
 *     4  length of what follows the checksum
 *     4  CRC-32 of that
 *     8  LSN
 *     8  the LSN that was durable when this was written: what is at or below it cannot be a torn tail
 *     2  length of the name under which it is open; 0 for none
 *     n  the name, then the payload
 *
 * Numbers are little-endian and unsigned.
 */
export interface Frame {
  readonly lsn: number;
  readonly durable: number;
  /** Empty for none. */
  readonly name: string;
  readonly payload: Uint8Array;
}

const PREFIX = 8;
const HEADER = 18;
export const PAYLOAD_MAX = 1_048_576;
export const NAME_MAX = 512;
const LENGTH_MAX = HEADER + NAME_MAX + PAYLOAD_MAX;

/** The bytes of records, one after the other. */
export function encodeFrames(frames: readonly Frame[]): Buffer {
  let size = 0;
  for (const { name, payload } of frames) {
    const nameLength = Buffer.byteLength(name);
    if (nameLength > NAME_MAX || payload.length > PAYLOAD_MAX) {
      throw new RangeError('a record is larger than a journal takes');
    }
    size += PREFIX + HEADER + nameLength + payload.length;
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const frame of frames) at = writeFrame(bytes, at, frame);
  return bytes;
}

/** Writes a record at `at`; gives where it ends. */
function writeFrame(bytes: Buffer, at: number, { lsn, durable, name, payload }: Frame): number {
  const nameAt = at + PREFIX + HEADER;
  const nameLength = bytes.write(name, nameAt);
  const end = nameAt + nameLength + payload.length;
  bytes.writeUInt32LE(end - at - PREFIX, at);
  writeUInt64(bytes, at + 8, lsn);
  writeUInt64(bytes, at + 16, durable);
  bytes.writeUInt16LE(nameLength, at + 24);
  bytes.set(payload, nameAt + nameLength);
  bytes.writeUInt32LE(crc32(bytes.subarray(at + PREFIX, end)), at + 4);
  return end;
}

const UINT32 = 2 ** 32;

/** In two halves: a `BigInt` for each number is what a frame would cost most. */
function writeUInt64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32LE(value % UINT32, at);
  bytes.writeUInt32LE(Math.floor(value / UINT32), at + 4);
}

export type Read =
  | { readonly kind: 'frame'; readonly frame: Frame; readonly end: number }
  /** The bytes end before the frame does. */
  | { readonly kind: 'short' }
  | { readonly kind: 'bad' };

/** The frame that begins at `at`. */
export function readFrame(bytes: Buffer, at: number): Read {
  if (bytes.length - at < PREFIX) return { kind: 'short' };
  const length = bytes.readUInt32LE(at);
  if (length < HEADER || length > LENGTH_MAX) return { kind: 'bad' };
  const end = at + PREFIX + length;
  if (end > bytes.length) return { kind: 'short' };
  const body = bytes.subarray(at + PREFIX, end);
  if (crc32(body) !== bytes.readUInt32LE(at + 4)) return { kind: 'bad' };
  const nameEnd = HEADER + body.readUInt16LE(16);
  if (nameEnd > body.length) return { kind: 'bad' };
  const frame = {
    lsn: Number(body.readBigUInt64LE(0)),
    durable: Number(body.readBigUInt64LE(8)),
    name: body.toString('utf8', HEADER, nameEnd),
    payload: body.subarray(nameEnd),
  };
  return { kind: 'frame', frame, end };
}
