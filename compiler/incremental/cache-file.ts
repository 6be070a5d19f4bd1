import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writevSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BUILD, VERSION } from '../core/version.ts';
import { readRegular } from '../output/read-regular.ts';
import type { Seal } from '../output/seal.ts';

/** Raised when the shape of what is cached changes. */
const SHAPE = 3;

/** What a part of a cache file holds: a value, which is read at once, and bytes that it may point into. */
export interface Cached {
  readonly value: unknown;
  readonly tail: Uint8Array;
}

/** What a cache file held when it was read. */
export interface CacheFile {
  /** In the order in which they were learned; none when there is no file, or one that is not ours. */
  readonly parts: readonly Cached[];
  /** Bytes of the first part, and of all. */
  readonly firstSize: number;
  readonly size: number;
}

/** What a compile learned: what is new, when that is all there is to say, and everything. */
export interface Learned {
  readonly fresh: () => Cached | undefined;
  readonly whole: () => Cached;
}

const NOTHING: CacheFile = { parts: [], firstSize: 0, size: 0 };

/**
 * What a cache file holds: parts, each after a line that names the build, the length of the part and our mark of it. What a
 * memory says is taken for what was done, so one that came with the repository is no memory, and neither is a wrong one: with
 * one part that is torn, damaged, of another build or another's there is nothing at all.
 */
export function readCache(path: string, seal: Seal): CacheFile {
  try {
    // Bytes, until they are known to be ours: megabytes of text would be copied to be hashed.
    const bytes = readRegular(path);
    if (bytes === undefined) return NOTHING;
    const parts: Cached[] = [];
    let firstSize = 0;
    for (let start = 0; start < bytes.length;) {
      const { part, end } = readPart(bytes, start, (mark, body) => seal.isMark(mark, basename(path), body));
      parts.push(part);
      if (start === 0) firstSize = end;
      start = end;
    }
    return { parts, firstSize, size: bytes.length };
  } catch {
    return NOTHING;
  }
}

type IsOurs = (mark: string, body: Uint8Array) => boolean;

function readPart(bytes: Buffer, start: number, isOurs: IsOurs): { readonly part: Cached; readonly end: number } {
  const bodyStart = bytes.indexOf(LINE_END, start) + 1;
  const line = bytes.toString('utf8', start, bodyStart - 1);
  const [size, mark = ''] = line.slice(HEADER.length).split(' ');
  const end = bodyStart + Number(size);
  const body = bytes.subarray(bodyStart, end);
  if (!line.startsWith(HEADER) || end > bytes.length || !isOurs(mark, body)) throw new Error('not ours');
  const valueEnd = body.indexOf(LINE_END);
  return { part: { value: JSON.parse(body.toString('utf8', 0, valueEnd)), tail: body.subarray(valueEnd + 1) }, end };
}

/** Most parts of a file, and how many times smaller than the first all others stay: every part is read each time. */
const PARTS_MAX = 100;
const GROWTH = 2;

/**
 * Keeps what was learned: at the end of the file when that is little, so that a small change writes little; otherwise the
 * file is written anew, without what nobody asked for. A cache that cannot be written (read-only, disk full) costs time
 * later and nothing else.
 */
export function keepLearned(path: string, seal: Seal, before: CacheFile, { fresh, whole }: Learned): void {
  const roomLeft = before.firstSize * (1 + 1 / GROWTH) - before.size;
  const part = before.parts.length > 0 && before.parts.length < PARTS_MAX && roomLeft > 0 ? fresh() : undefined;
  if (part === undefined) return writeCache(path, seal, whole());
  const lines = linesOf(path, seal, part);
  if (lines === undefined) return;
  try {
    const file = openSync(path, 'a');
    try {
      // Somebody else wrote it in the meantime: what they learned is as good.
      if (fstatSync(file).size === before.size) writevSync(file, lines);
    } finally {
      closeSync(file);
    }
  } catch {
    // See above.
  }
}

/** Writes a file of one part in the place of whatever is there. Without a key nothing is kept. */
export function writeCache(path: string, seal: Seal, part: Cached): void {
  const lines = linesOf(path, seal, part);
  if (lines === undefined) return;
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(beside, { force: true });
    const file = openSync(beside, 'wx');
    try {
      writevSync(file, lines);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch {
    // As above.
  }
}

const LINE_END = 10;
const HEADER = `nova-torch cache ${SHAPE} ${VERSION} ${BUILD} `;

function linesOf(path: string, seal: Seal, { value, tail }: Cached): readonly [Buffer, Buffer] | undefined {
  const body = Buffer.concat([Buffer.from(`${JSON.stringify(value)}\n`), tail]);
  const mark = seal.mark(basename(path), body);
  return mark === undefined ? undefined : [Buffer.from(`${HEADER}${body.length} ${mark}\n`), body];
}
