import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { auditFilesAmong, isPacked, PACKED } from './audit-files.ts';
import { KEY_FILES } from './audit-keys.ts';
import type { AuditFile, AuditText } from './placed-lines.ts';

export interface AuditFolder {
  /** The oldest first; read when their turn comes. */
  readonly files: readonly AuditFile[];
  /** Empty when the folder has none. */
  readonly macKey: Uint8Array;
  readonly publicKey?: string;
  /** The log's own name. */
  readonly log?: string;
  /** A scheduler has opened a log here, whether or not it has written a record. */
  readonly isOpened: boolean;
}

/** A log's folder, as it lies on a disk. Throws what the file system throws. */
export function readAuditFolder(dir: string): AuditFolder {
  const names = readdirSync(dir);
  const text = (name: string): string | undefined =>
    names.includes(name) ? readFileSync(join(dir, name), 'utf8').trim() : undefined;
  const publicKey = text(KEY_FILES.public);
  const log = text(KEY_FILES.log);
  return {
    files: auditFilesAmong(names).map((name) => ({ name, read: () => textOf(join(dir, name)) })),
    macKey: Buffer.from(text(KEY_FILES.mac) ?? ''),
    isOpened: log !== undefined,
    ...(log !== undefined && { log }),
    ...(publicKey !== undefined && { publicKey }),
  };
}

function textOf(path: string): AuditText {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isPacked(path) || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    // Since its folder was read its scheduler has compressed it.
    return textOf(`${path}${PACKED}`);
  }
  if (!isPacked(path)) return { text: bytes.toString('utf8'), isCut: false };
  const whole = unpacked(bytes, constants.Z_FINISH);
  return whole === undefined
    ? { text: firstPart(bytes).toString('utf8'), isCut: true }
    : { text: whole.toString('utf8'), isCut: false };
}

/** More than any file is that a scheduler wrote: what somebody else has put there is not to fill the memory. */
const UNPACKED_BYTES_MAX = 400 * 1024 * 1024;

function unpacked(bytes: Buffer, finishFlush: number): Buffer | undefined {
  try {
    return gunzipSync(bytes, { finishFlush, maxOutputLength: UNPACKED_BYTES_MAX });
  } catch {
    return undefined;
  }
}

/** As far as it can be read: the longest beginning that is no nonsense yet. */
function firstPart(bytes: Buffer): Buffer {
  let [good, bad] = [0, bytes.length + 1];
  let text: Buffer = Buffer.alloc(0);
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const read = unpacked(bytes.subarray(0, middle), constants.Z_SYNC_FLUSH);
    if (read === undefined) bad = middle;
    else [good, text] = [middle, read];
  }
  return text;
}
