import { lstatSync, readFileSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { TICK_MS } from './file-clock.ts';
import { sha256 } from '../output/unit-index.ts';

/** What tells that a file is the one it was: size, times of content and inode in milliseconds, inode. */
export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly inode: number;
}

/** `[size, mtimeMs, ctimeMs, inode, sha256]` */
export type KnownFile = readonly [number, number, number, number, string];

/**
 * SHA-256 of files, read again only when something about them changed, as Git's index does it. A file that was touched
 * just before it was looked at is not remembered: another write within the same tick of the clock would not show.
 */
export class FileDigests {
  readonly #root: string;
  readonly #known: Readonly<Record<string, KnownFile>>;
  readonly #seen: Record<string, KnownFile> = Object.create(null) as Record<string, KnownFile>;
  /** Whether `entries()` says more than what was given. */
  learned = false;

  constructor(root: string, known: Readonly<Record<string, KnownFile>>) {
    this.#root = root;
    this.#known = known;
  }

  /** The digest of a file if nothing about it changed since it was last read; undefined otherwise, or when it is gone. */
  unchanged(path: string, stat: FileStat | undefined = this.stat(path)): string | undefined {
    const known = this.#seen[path] ?? (Object.hasOwn(this.#known, path) ? this.#known[path] : undefined);
    if (known === undefined || stat === undefined) return undefined;
    const [size, mtimeMs, ctimeMs, inode, digest] = known;
    const same = stat.size === size && stat.mtimeMs === mtimeMs && stat.ctimeMs === ctimeMs && stat.inode === inode;
    if (!same) return undefined;
    this.#seen[path] = known;
    return digest;
  }

  /** The digest of a file that exists. */
  of(path: string, stat: FileStat | undefined = this.stat(path)): string {
    const known = this.unchanged(path, stat);
    if (known !== undefined) return known;
    const digest = sha256(readFileSync(join(this.#root, path)));
    if (stat !== undefined && !isRacy(stat, Date.now())) this.#learn(path, digest, stat);
    return digest;
  }

  /** Remembers the digest of a file that was written before the file system's clock showed `clockMs`. */
  learnWritten(path: string, digest: string, clockMs: number): void {
    const stat = this.stat(path);
    if (stat !== undefined && Math.max(stat.mtimeMs, stat.ctimeMs) < clockMs) this.#learn(path, digest, stat);
  }

  #learn(path: string, digest: string, stat: FileStat): void {
    this.#seen[path] = [stat.size, stat.mtimeMs, stat.ctimeMs, stat.inode, digest];
    this.learned = true;
  }

  stat(path: string): FileStat | undefined {
    const stat = statOf(join(this.#root, path));
    if (stat?.isFile() !== true) return undefined;
    return { size: stat.size, mtimeMs: stat.mtimeMs, ctimeMs: stat.ctimeMs, inode: stat.ino };
  }

  /** What is known about the files that were asked for. */
  entries(): Readonly<Record<string, KnownFile>> {
    return this.#seen;
  }
}

/** Nothing where nothing is, and where a file stands in the place of a folder on the way. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Whether a change right after `nowMs` could leave the same times. File systems with whole seconds get two of them. */
function isRacy({ mtimeMs, ctimeMs }: FileStat, nowMs: number): boolean {
  const coarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0;
  return Math.max(mtimeMs, ctimeMs) > nowMs - (coarse ? 2000 : TICK_MS);
}
