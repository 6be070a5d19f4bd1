import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { printable } from '../diagnostics/clean.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Report } from '../diagnostics/report.ts';
import { LIMITS } from './limits.ts';
import { isIgnoredFolder, placeOf } from './places.ts';
import { firstInvalidByte } from './utf8.ts';
import { compareText } from '../../spec/contract/text.ts';

/** A file of the spec that may be read, and what tells a cache whether it changed. Times in milliseconds. */
export interface SpecEntry {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/** Reads every file of `spec/` below `root`. What cannot be read is reported and left out. */
export function readSpec(root: string, report: Report): readonly SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of listSpec(root, report)) {
    const file = readEntry(root, entry, report);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** What problems of reading leave unread, by path; `spec` when nothing was read. A file that is only left out was read as such. */
export function unreadOf(problems: readonly Diagnostic[]): readonly string[] {
  return problems.flatMap(({ severity, at }) => (severity === 'error' ? [at.file] : []));
}

/**
 * The files of `spec/` that count, sorted by path, without opening one: regular files with one name, in known places,
 * within the limits. Too many files or bytes: a problem and no files at all.
 */
export function listSpec(root: string, report: Report): readonly SpecEntry[] {
  const walk: Walk = { root, report, entries: [], seen: 0 };
  if (!walkFolder('spec', walk)) return [];
  const { entries } = walk;
  if (walk.seen > LIMITS.filesMax) {
    report('NT1003', wholeOf('spec'), { limit: LIMITS.filesMax });
    return [];
  }
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  if (bytes > LIMITS.totalBytesMax) {
    report('NT1004', wholeOf('spec'), { limit: LIMITS.totalBytesMax });
    return [];
  }
  if (entries.length === 0) report('NT1008', wholeOf('spec'), { path: printable(root) });
  return entries.sort((a, b) => compareText(a.path, b.path));
}

/** The text of an entry; nothing after a problem. It is opened without following a link and must still be that file. */
export function readEntry(
  root: string,
  entry: SpecEntry,
  report: Report,
  bytesMax: number = LIMITS.fileBytesMax,
): SourceFile | undefined {
  const { path } = entry;
  try {
    const bytes = bytesOf(join(root, path), entry, bytesMax);
    if (bytes === undefined)
      report('NT1001', wholeOf(path), { path: printable(path), what: 'another file than before' });
    else return decoded(path, bytes, report);
  } catch (problem) {
    reportUnreadable(path, problem, report);
  }
  return undefined;
}

interface Walk {
  readonly root: string;
  readonly report: Report;
  readonly entries: SpecEntry[];
  /** Files and folders, so that a tree of empty folders ends as well. */
  seen: number;
}

/** Adds what stands in a folder. False when the spec itself does not exist. */
function walkFolder(folder: string, walk: Walk): boolean {
  const { root, report } = walk;
  try {
    const stats = lstatSync(join(root, folder));
    if (!stats.isDirectory()) {
      report('NT1001', wholeOf(folder), { path: printable(folder), what: whatIs(stats) });
      return false;
    }
    for (const name of readdirSync(join(root, folder))) {
      if (walk.seen++ > LIMITS.filesMax) return true;
      addEntry(`${folder}/${name}`, walk);
    }
  } catch (problem) {
    if (folder === 'spec' && errorCode(problem) === 'ENOENT') {
      report('NT1008', wholeOf('spec'), { path: printable(root) });
      return false;
    }
    reportUnreadable(folder, problem, report);
  }
  return true;
}

function addEntry(path: string, walk: Walk): void {
  const { root, report, entries } = walk;
  const place = placeOf(path);
  if (place.type === 'ignored') return;
  const stats = lstatSync(join(root, path));
  // One that is called like a file stands where a file was meant to be.
  if (stats.isDirectory() && place.type === 'unknown') {
    if (!isIgnoredFolder(path)) walkFolder(path, walk);
  } else if (!stats.isFile() || stats.nlink > 1) {
    report('NT1001', wholeOf(path), { path: printable(path), what: whatIs(stats) });
  } else if (place.type === 'misnamed') {
    report('NT1009', wholeOf(path), { path: printable(path) });
  } else if (place.type === 'unknown') {
    report('NT1007', wholeOf(path), { path: printable(path), reason: place.reason });
  } else if (stats.size > LIMITS.fileBytesMax) {
    report('NT1002', wholeOf(path), { path: printable(path), size: stats.size, limit: LIMITS.fileBytesMax });
  } else {
    entries.push({ path, size: stats.size, mtimeMs: stats.mtimeMs, ctimeMs: stats.ctimeMs, inode: stats.ino });
  }
}

export function whatIs(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isFile()) return stats.nlink > 1 ? 'a file with a second name (a hard link)' : 'a file, not a folder';
  return 'a device';
}

/** O_NONBLOCK: a pipe that took the file's place must not make us wait. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function bytesOf(absolute: string, entry: SpecEntry, bytesMax: number): Uint8Array | undefined {
  const descriptor = openSync(absolute, FLAGS);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.ino !== entry.inode || stats.size > bytesMax) return undefined;
    const bytes = new Uint8Array(stats.size);
    return bytes.subarray(0, filled(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

function filled(descriptor: number, bytes: Uint8Array): number {
  let length = 0;
  let read: number;
  do {
    read = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += read;
  } while (read > 0 && length < bytes.length);
  return length;
}

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

function decoded(path: string, bytes: Uint8Array, report: Report): SourceFile | undefined {
  if (isUtf8(bytes)) return { path, text: DECODER.decode(bytes) };
  report('NT1005', wholeOf(path), { offset: firstInvalidByte(bytes) });
  return undefined;
}

export function reportUnreadable(path: string, problem: unknown, report: Report): void {
  report('NT1006', wholeOf(path), { path: printable(path), reason: reasonOf(errorCode(problem)) });
}

function errorCode(problem: unknown): string {
  if (problem instanceof Error && 'code' in problem) return String(problem.code);
  throw problem;
}

function reasonOf(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'it is gone';
  return code === 'ELOOP' ? 'it became a symbolic link' : code;
}

function wholeOf(file: string): Span {
  return { file: printable(file), start: 0, end: 0 };
}
