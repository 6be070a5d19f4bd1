import { lstatSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../diagnostics/clean.ts';
import type { Report } from '../../diagnostics/report.ts';
import { reportUnreadable, whatIs } from '../../load/read.ts';
import type { SpecEntry } from '../../load/read.ts';
import { compareText } from '../../../spec/contract/text.ts';
import { TREE_LIMITS } from './limits.ts';

/** Folders that hold no manifests, whatever their names end with. */
const SKIPPED = /^(?:\..*|node_modules)$/;
const MANIFESTS = /\.ya?ml$/;

/**
 * The manifests below `path`, a folder or one file, sorted. `path` counts from `root` and names the files in problems. Links
 * are not followed: one that looks like manifests is reported, because what it leads to would be passed unseen.
 */
export function listTree(
  root: string,
  path: string,
  report: Report,
  limits: Pick<typeof TREE_LIMITS, 'entriesMax' | 'totalBytesMax'> = TREE_LIMITS,
): readonly SpecEntry[] {
  const walk: Walk = { root, report, entries: [], limit: limits.entriesMax, seen: 0, bytes: 0 };
  add(path, true, walk);
  const what = walk.seen > limits.entriesMax ? 'files' : walk.bytes > limits.totalBytesMax ? 'bytes' : undefined;
  if (what === undefined) return walk.entries.sort((a, b) => compareText(a.path, b.path));
  const limit = what === 'files' ? limits.entriesMax : limits.totalBytesMax;
  report('NT3111', { file: printable(path), start: 0, end: 0 }, { limit, what });
  return [];
}

interface Walk {
  readonly root: string;
  readonly report: Report;
  readonly entries: SpecEntry[];
  readonly limit: number;
  seen: number;
  bytes: number;
}

function add(path: string, named: boolean, walk: Walk): void {
  if (walk.seen++ > walk.limit) return;
  try {
    const stats = lstatSync(join(walk.root, path));
    if (stats.isDirectory()) addFolder(path, walk);
    else if (stats.isFile()) addFile(path, named, stats, walk);
    else if (named || stats.isSymbolicLink() || MANIFESTS.test(path))
      walk.report('NT1001', wholeOf(path), { path: printable(path), what: whatIs(stats) });
  } catch (problem) {
    reportUnreadable(path, problem, walk.report);
  }
}

function addFolder(path: string, walk: Walk): void {
  for (const name of readdirSync(join(walk.root, path)))
    if (!SKIPPED.test(name)) add(path === '.' ? name : `${path}/${name}`, false, walk);
}

function addFile(path: string, named: boolean, stats: Stats, walk: Walk): void {
  if (!named && !MANIFESTS.test(path)) return;
  const { size, mtimeMs, ctimeMs, ino } = stats;
  if (size > TREE_LIMITS.fileBytesMax) {
    walk.report('NT1002', wholeOf(path), { path: printable(path), size, limit: TREE_LIMITS.fileBytesMax });
    return;
  }
  walk.bytes += size;
  walk.entries.push({ path, size, mtimeMs, ctimeMs, inode: ino });
}

function wholeOf(path: string): { file: string; start: number; end: number } {
  return { file: printable(path), start: 0, end: 0 };
}
