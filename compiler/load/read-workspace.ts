import { lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The repository a command works in: `start` where it holds `spec/`, else the nearest folder above with a
 * `spec/company.yaml`. Nothing when there is none.
 */
export function findRepository(start: string): string | undefined {
  if (isFolder(join(start, 'spec'))) return start;
  for (let folder = dirname(start); ; folder = dirname(folder)) {
    if (isFile(join(folder, 'spec', 'company.yaml'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Whether `path` is a folder, or a link to one. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Those of `paths` below `root` that exist in any form, a dangling link included. */
export function existing(root: string, paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].filter((path) => lstatSync(join(root, path), { throwIfNoEntry: false }) !== undefined));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
