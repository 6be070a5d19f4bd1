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

export function encodeFrame({ lsn, durable, name, payload }: Frame): Buffer {
  const nameBytes = Buffer.from(name);
  if (nameBytes.length > NAME_MAX || payload.length > PAYLOAD_MAX) {
    throw new RangeError('a record is larger than a journal takes');
  }
  const frame = Buffer.allocUnsafe(PREFIX + HEADER + nameBytes.length + payload.length);
  frame.writeUInt32LE(frame.length - PREFIX, 0);
  frame.writeBigUInt64LE(BigInt(lsn), 8);
  frame.writeBigUInt64LE(BigInt(durable), 16);
  frame.writeUInt16LE(nameBytes.length, 24);
  nameBytes.copy(frame, PREFIX + HEADER);
  frame.set(payload, PREFIX + HEADER + nameBytes.length);
  frame.writeUInt32LE(crc32(frame.subarray(PREFIX)), 4);
  return frame;
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
