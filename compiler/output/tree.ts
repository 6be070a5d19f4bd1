import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { INDEX_FOLDER, parseIndex } from './unit-index.ts';
import type { UnitIndex } from './unit-index.ts';

/** The generated tree as it lies on disk. Paths are relative to `generated/`. */
export interface GeneratedTree {
  /** Every regular file, sorted; ours and others'. */
  readonly files: readonly string[];
  /** What is neither a folder nor a regular file: symbolic links, pipes, devices. Nothing is written while there is one. */
  readonly foreign: readonly string[];
  /** By the path of the index. */
  readonly indexes: ReadonlyMap<string, UnitIndex>;
  /** Files below `.index/` that are no indexes. */
  readonly brokenIndexes: readonly string[];
  /** The text of a file. */
  readonly read: (path: string) => string;
}

/** Deepest folder that is looked into. */
const DEPTH_MAX = 20;

/**
 * Reads the names below `generated/` and the indexes; a folder that does not exist is an empty tree. An index that `known`
 * gives is not read: whoever gives it knows that this is what the file holds.
 */
export function readTree(
  folder: string,
  known: (path: string) => UnitIndex | undefined = () => undefined,
): GeneratedTree {
  const { files, foreign } = listFiles(folder);
  const indexes = new Map<string, UnitIndex>();
  const brokenIndexes: string[] = [];
  for (const path of files) {
    if (!path.startsWith(`${INDEX_FOLDER}/`)) continue;
    const index = known(path) ?? parseIndex(readFileSync(join(folder, path), 'utf8'));
    if (index === undefined) brokenIndexes.push(path);
    else indexes.set(path, index);
  }
  return { files, foreign, indexes, brokenIndexes, read: (path) => readFileSync(join(folder, path), 'utf8') };
}

/** Every file below a folder, sorted, and what is neither file nor folder. `''` is the folder itself when it is a link. */
export function listFiles(folder: string): { readonly files: string[]; readonly foreign: string[] } {
  const files: string[] = [];
  const foreign: string[] = [];
  const root = lstatSync(folder, { throwIfNoEntry: false });
  if (root === undefined) return { files, foreign };
  if (!root.isDirectory()) return { files, foreign: [''] };
  walk('', 0);
  return { files: files.sort(), foreign: foreign.sort() };

  function walk(below: string, depth: number): void {
    if (depth > DEPTH_MAX) throw new Error(`folders below ${below} are nested too deeply`);
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) visit(entry, below, depth);
  }

  function visit(entry: Dirent, below: string, depth: number): void {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) walk(path, depth + 1);
    else (entry.isFile() ? files : foreign).push(path);
  }
}
