import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUILD, VERSION } from '../core/version.ts';
import { readRegular } from '../output/read-regular.ts';

/** Raised when the shape of what is cached changes. */
const SHAPE = 2;

/** What a cache file holds: a value, which is read at once, and bytes that it may point into. */
export interface Cached {
  readonly value: unknown;
  readonly tail: Buffer;
}

/**
 * What a cache file holds; undefined when there is none, or it is torn, damaged, of another build or another program's.
 * The first line names the build and the SHA-256 of the rest: a cache is a memory, and a wrong one is no memory.
 */
export function readCache(path: string): Cached | undefined {
  try {
    // Bytes, until they are known to be ours: megabytes of text would be copied to be hashed.
    const bytes = readRegular(path);
    if (bytes === undefined) return undefined;
    const end = bytes.indexOf(LINE_END);
    const body = bytes.subarray(end + 1);
    if (bytes.toString('utf8', 0, end) !== header(body)) return undefined;
    const valueEnd = body.indexOf(LINE_END);
    return { value: JSON.parse(body.toString('utf8', 0, valueEnd)), tail: body.subarray(valueEnd + 1) };
  } catch {
    return undefined;
  }
}

/** Keeps a value and its bytes. A cache that cannot be written (read-only, disk full) costs time later and nothing else. */
export function writeCache(path: string, value: unknown, tail: Uint8Array = NO_BYTES): void {
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(value)}\n`), tail]);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(beside, { force: true });
    const file = openSync(beside, 'wx');
    try {
      writevSync(file, [Buffer.from(`${header(body)}\n`), body]);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch {
    // See above.
  }
}

const LINE_END = 10;
const NO_BYTES = new Uint8Array();

function header(body: Uint8Array): string {
  return `nova-torch cache ${SHAPE} ${VERSION} ${BUILD} ${createHash('sha256').update(body).digest('hex')}`;
}
