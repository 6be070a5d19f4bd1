import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { isIndexPath, parseIndex } from './unit-index.ts';
import type { UnitIndex } from './unit-index.ts';

/** The generated tree as it lies on disk. Paths are relative to `generated/`. */
export interface GeneratedTree {
  /** Every regular file, sorted; ours and others'. */
  readonly files: readonly string[];
  /** What is neither a folder nor a regular file: symbolic links, pipes, devices. Nothing is written while there is one. */
  readonly foreign: readonly string[];
  /** Folders that are not looked into, because too many others are around them. Nothing is written while there is one. */
  readonly tooDeep: readonly string[];
  /** By the path of the index. */
  readonly indexes: ReadonlyMap<string, UnitIndex>;
  /** Files below `.index/` that are no indexes. */
  readonly brokenIndexes: readonly string[];
  /** The text of a file. */
  readonly read: (path: string) => string;
}

/** Deepest folder that is looked into. */
export const DEPTH_MAX = 20;

/**
 * Reads the names below `generated/` and the indexes; a folder that does not exist is an empty tree. An index that `known`
 * gives is not read: whoever gives it knows that this is what the file holds.
 */
export function readTree(
  folder: string,
  known: (path: string) => UnitIndex | undefined = () => undefined,
): GeneratedTree {
  const { files, foreign, tooDeep } = listFiles(folder);
  const indexes = new Map<string, UnitIndex>();
  const brokenIndexes: string[] = [];
  for (const path of files) {
    if (!isIndexPath(path)) continue;
    const index = known(path) ?? parseIndex(readFileSync(join(folder, path), 'utf8'));
    if (index === undefined) brokenIndexes.push(path);
    else indexes.set(path, index);
  }
  return { files, foreign, tooDeep, indexes, brokenIndexes, read: (path) => readFileSync(join(folder, path), 'utf8') };
}

/** What stands below a folder. */
export interface Listing {
  readonly files: string[];
  /** Neither files nor folders. `''` is the folder itself when it is none. */
  readonly foreign: string[];
  readonly tooDeep: string[];
}

/** What stands below a folder, sorted. */
export function listFiles(folder: string): Listing {
  const { files, foreign, tooDeep } = look(folder);
  return { files: files.sort(), foreign: foreign.sort(), tooDeep: tooDeep.sort() };
}

/** Whether everything below a folder is a regular file or a folder of them. */
export function isPlain(folder: string): boolean {
  const { foreign, tooDeep } = look(folder);
  return foreign.length === 0 && tooDeep.length === 0;
}

function look(folder: string): Listing {
  const found: Listing = { files: [], foreign: [], tooDeep: [] };
  const root = lstatSync(folder, { throwIfNoEntry: false });
  if (root === undefined) return found;
  if (!root.isDirectory()) return { ...found, foreign: [''] };
  walk('', 0);
  return found;

  function walk(below: string, depth: number): void {
    if (depth > DEPTH_MAX) found.tooDeep.push(below);
    else for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) visit(entry, below, depth);
  }

  function visit(entry: Dirent, below: string, depth: number): void {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) walk(path, depth + 1);
    else (entry.isFile() ? found.files : found.foreign).push(path);
  }
}
