import { open, readFile, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { CHAIN_BEGIN, readLine, type ChainEnd } from './audit-line.ts';

const NAME = /^audit-(\d{6})\.jsonl(\.gz)?$/;
/** What a file that is closed is called once it is compressed. */
export const PACKED = '.gz';
/** More than the longest line, and than what a loss of power leaves unwritten. */
const TAIL_BYTES = 1_048_576;

/** Names of a log's files, the oldest first. */
export async function auditFileNames(dir: string): Promise<readonly string[]> {
  return auditFilesAmong(await readdir(dir));
}

/** Where a file is there in both forms its compressing was cut short, and the one that it is made of counts. */
export function auditFilesAmong(names: readonly string[]): readonly string[] {
  const all = new Set(names);
  return names.filter((name) => NAME.test(name) && !(isPacked(name) && all.has(unpackedName(name)))).sort();
}

export function isPacked(name: string): boolean {
  return name.endsWith(PACKED);
}

export function unpackedName(name: string): string {
  return isPacked(name) ? name.slice(0, -PACKED.length) : name;
}

export function auditFileName(number: number): string {
  return `audit-${String(number).padStart(6, '0')}.jsonl`;
}

export function auditFileNumber(name: string): number {
  return Number(NAME.exec(name)?.[1] ?? 0);
}

export interface Tail {
  readonly end: ChainEnd;
  readonly bytes: number;
}

/** The log's folder holds what its writer never wrote. Names file and place. */
export class AuditDamaged extends Error {
  override readonly name = 'AuditDamaged';
}

/**
 * Where a file ends. What stands behind its last line end was being written when the process died: it is cut off, since nobody
 * was told of it. Nothing for a file without a line.
 */
export async function cutTail(dir: string, name: string, key: Uint8Array): Promise<Tail | undefined> {
  const file = await open(join(dir, name), 'r+');
  try {
    const { size } = await file.stat();
    const text = await lastBytes(file, size);
    const lineEnd = text.lastIndexOf('\n');
    const bytes = size - Buffer.byteLength(text, 'latin1') + lineEnd + 1;
    if (lineEnd < 0 && size > TAIL_BYTES) throw new AuditDamaged(`${name}: its last line has no end`);
    if (bytes < size) {
      await file.truncate(bytes);
      await file.datasync();
    }
    if (bytes === 0) return undefined;
    const last = text.slice(text.lastIndexOf('\n', lineEnd - 1) + 1, lineEnd);
    const read = readLine(Buffer.from(last, 'latin1').toString('utf8'), key);
    if (read === undefined)
      throw new AuditDamaged(`${name}: the line that ends at byte ${bytes} is none of an audit log`);
    return { end: { seq: read.seq, seal: read.seal }, bytes };
  } finally {
    await file.close();
  }
}

/** As latin1: one character for each byte. */
async function lastBytes(file: FileHandle, size: number): Promise<string> {
  const length = Math.min(size, TAIL_BYTES);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('latin1');
}

/** Where the whole log ends, in its newest file that has a line. */
export async function logTail(dir: string, names: readonly string[], key: Uint8Array): Promise<ChainEnd> {
  for (const name of [...names].reverse()) {
    const end = isPacked(name) ? await packedEnd(dir, name, key) : (await cutTail(dir, name, key))?.end;
    if (end !== undefined) return end;
  }
  return CHAIN_BEGIN;
}

/** Of a file that is compressed nothing is cut: it was whole before. */
async function packedEnd(dir: string, name: string, key: Uint8Array): Promise<ChainEnd> {
  const read = readLine(lastLine(await unpacked(dir, name)), key);
  if (read === undefined) throw new AuditDamaged(`${name}: its last line is none of an audit log`);
  return { seq: read.seq, seal: read.seal };
}

async function unpacked(dir: string, name: string): Promise<Buffer> {
  try {
    return gunzipSync(await readFile(join(dir, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new AuditDamaged(`${name}: it cannot be decompressed`);
  }
}

function lastLine(bytes: Buffer): string {
  const end = bytes.length - 1;
  return bytes.toString('utf8', bytes.lastIndexOf('\n', end - 1) + 1, end);
}

/** Enough for the number of a first line, also of a file that is compressed. */
const HEAD_BYTES = 4096;

/** Number of a file's first record. */
export async function firstSeq(dir: string, name: string): Promise<number> {
  const file = await open(join(dir, name), 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    const text = isPacked(name) ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head;
    return Number(/^\{"seq":(\d+),/.exec(text.toString('latin1', 0, 64))?.[1] ?? 1);
  } finally {
    await file.close();
  }
}
