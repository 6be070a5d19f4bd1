import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from '../../../spec/contract/source.ts';

/** Where the case folders stand. */
export const CASES = fileURLToPath(new URL('../cases', import.meta.url));

/** Names of the case folders, sorted. */
export function caseNames(): readonly string[] {
  return readdirSync(CASES)
    .filter((name) => name !== 'base')
    .sort();
}

/**
 * The files of a case: the base company with the case's files laid over it. A line of `removed.txt` takes a file of the
 * base away. Sorted by path.
 */
export function caseFiles(name: string): readonly SourceFile[] {
  const files = new Map(filesBelow(join(CASES, 'base')));
  const own = filesBelow(join(CASES, name));
  for (const path of (own.get('removed.txt') ?? '').split('\n').filter(Boolean)) {
    if (!files.delete(path)) throw new Error(`${name}/removed.txt names ${path}, which the base does not have`);
  }
  for (const [path, text] of own) if (path.startsWith('spec/')) files.set(path, text);
  return [...files].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What the case says must be printed; nothing for a case whose `expected.txt` is still to be written. */
export function expectedText(name: string): string | undefined {
  return filesBelow(join(CASES, name)).get('expected.txt');
}

function filesBelow(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  return found;
}
