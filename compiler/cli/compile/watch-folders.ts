import { readdirSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { isIgnoredFolder } from '../../load/places.ts';
import { UsageError } from '../usage.ts';

/** The folder that is watched, below the root. */
const SPEC = 'spec';

/**
 * Watches `spec/` by its folders, and the root for `spec` itself to come and go: a folder's watcher sees every save, those by
 * renaming a new file over the old one among them. Refused: Node's recursive watcher, which on Linux watches each file, loses
 * it with its first replacement, and ends without a word when the folder is moved away.
 */
export class FolderWatchers {
  readonly #root: string;
  readonly #onChange: () => void;
  #watchers: readonly FSWatcher[] = [];

  constructor(root: string, onChange: () => void) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** Watches the folders that are there now. The old watchers end after the new ones began, so that nothing is missed. */
  begin(): void {
    const before = this.#watchers;
    const watchers: FSWatcher[] = [this.#watch('.', (name) => name === SPEC || name === null)];
    try {
      for (const folder of foldersOf(this.#root, SPEC)) this.#add(folder, watchers);
    } finally {
      this.#watchers = watchers;
      for (const watcher of before) watcher.close();
    }
  }

  end(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  /** A folder that went since it was listed is said by the watcher of the one around it. */
  #add(folder: string, watchers: FSWatcher[]): void {
    try {
      watchers.push(this.#watch(folder, () => true));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
    }
  }

  #watch(folder: string, counts: (name: string | null) => boolean): FSWatcher {
    try {
      const watcher = watch(join(this.#root, folder), (_, name) => counts(name) && this.#onChange());
      return watcher.on('error', () => this.#onChange());
    } catch (error) {
      if (codeOf(error) !== 'ENOSPC' && codeOf(error) !== 'EMFILE') throw error;
      throw new UsageError('the system allows no more folders to be watched', [
        'on Linux: raise fs.inotify.max_user_watches and fs.inotify.max_user_instances',
      ]);
    }
  }
}

/** A folder of the spec and those below it; links are not followed, as nobody reads what they lead to. */
function foldersOf(root: string, folder: string): string[] {
  try {
    const inside = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !isIgnoredFolder(`${folder}/${entry.name}`))
      .flatMap((entry) => foldersOf(root, `${folder}/${entry.name}`));
    return [folder, ...inside];
  } catch {
    // It went, or may not be read: a compile says so.
    return [];
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
