import { existsSync, readFileSync, readdirSync } from 'node:fs';
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
  const own = filesBelow(join(CASES, name));
  const removed = (own.get('removed.txt') ?? '').split('\n').filter(Boolean);
  return overBase(name, partOf(own, 'spec/'), removed);
}

/** What the repository of a case held when it was compiled before; nothing for a case of a first compile. */
export function filesBefore(name: string): readonly SourceFile[] | undefined {
  const own = filesBelow(join(CASES, name));
  const before = partOf(own, 'before/');
  if (before.size === 0 && generatedFiles(name).length === 0) return undefined;
  return overBase(name, new Map([...before].map(([path, text]) => [path.slice('before/'.length), text])), []);
}

/** What somebody put below `generated/` after that compile. */
export function generatedFiles(name: string): readonly SourceFile[] {
  return [...partOf(filesBelow(join(CASES, name)), 'generated/')].map(([path, text]) => ({ path, text }));
}

/** The case's own folder, for what no text can hold: bytes that are none, places where no file of a spec belongs. */
export function caseFolder(name: string): string {
  return join(CASES, name);
}

/** The case's tree of manifests, of a case that shows what `verify` finds in one; nothing for any other. */
export function caseTree(name: string): string | undefined {
  const tree = join(CASES, name, 'tree');
  return existsSync(tree) ? tree : undefined;
}

/** What the case says must be printed; nothing for a case whose `expected.txt` is still to be written. */
export function expectedText(name: string): string | undefined {
  return filesBelow(join(CASES, name)).get('expected.txt');
}

function overBase(name: string, own: ReadonlyMap<string, string>, removed: readonly string[]): readonly SourceFile[] {
  const files = new Map(filesBelow(join(CASES, 'base')));
  for (const path of removed) {
    if (!files.delete(path)) throw new Error(`${name}/removed.txt names ${path}, which the base does not have`);
  }
  for (const [path, text] of own) files.set(path, text);
  return [...files].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

function partOf(files: ReadonlyMap<string, string>, folder: string): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => path.startsWith(folder)));
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
