import type { AppendFile, JournalFiles } from '../journal/journal-files.ts';
import type { World } from './world.ts';

/** One machine's files besides its journal, and what of them outlives it. */
export class SimFiles {
  readonly #world: World;
  readonly #state: { readonly slow: boolean; readonly full: boolean };
  readonly #files = new Map<string, SimFile>();

  /** `state`: of the disk that they are on. */
  constructor(world: World, state: { readonly slow: boolean; readonly full: boolean }) {
    this.#world = world;
    this.#state = state;
  }

  /** What of a file a crash cannot take. */
  durable(path: string): Buffer | undefined {
    const file = this.#files.get(path);
    return file?.isNamed === true ? file.durable : undefined;
  }

  /** Loses what was not synced, but for a random part of its beginning; names that were not synced may be gone. */
  crash(): void {
    const { mirrored } = this.#world;
    for (const [path, file] of this.#files) {
      if (!file.isNamed && mirrored.chance(0.5)) this.#files.delete(path);
      else if (file.bytes.subarray(0, file.durable.length).equals(file.durable)) {
        const kept = mirrored.whole(file.durable.length, file.bytes.length);
        if (kept < file.bytes.length) this.#world.count('mirror:torn');
        file.bytes = file.bytes.subarray(0, kept);
        // It was cut, and nobody has made that durable.
      } else if (mirrored.chance(0.5)) file.bytes = file.durable;
      file.durable = file.bytes;
      file.isNamed = true;
    }
  }

  lose(): void {
    this.#files.clear();
  }

  /** The files as one life of the machine has them. */
  of(process: { readonly alive: boolean }): JournalFiles {
    const at = (path: string): SimFile => {
      const file = this.#files.get(path);
      if (file === undefined) throw Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' });
      return file;
    };
    const inFolder = (folder: string): readonly (readonly [string, SimFile])[] =>
      [...this.#files].filter(([path]) => path.startsWith(`${folder}/`));
    return {
      makeFolder: () => Promise.resolve(),
      list: async (folder) => inFolder(folder).map(([path]) => path.slice(folder.length + 1)),
      read: async (path) => Buffer.from(at(path).bytes),
      readAt: async (path, from, length) => Buffer.from(at(path).bytes.subarray(from, from + length)),
      facts: async (path) => ({ size: at(path).bytes.length, changedMs: 0 }),
      append: async (path) => this.#append(path, process),
      remove: async (path) => void this.#files.delete(path),
      syncFolder: async (folder) => {
        await this.#synced(process);
        for (const [, file] of inFolder(folder)) file.isNamed = true;
      },
      put: async (path, text) => {
        await this.#synced(process);
        const bytes = Buffer.from(text);
        this.#files.set(path, { bytes, durable: bytes, isNamed: true });
      },
    };
  }

  #append(path: string, process: { readonly alive: boolean }): AppendFile {
    const file = this.#files.get(path) ?? { bytes: NOTHING, durable: NOTHING, isNamed: false };
    this.#files.set(path, file);
    return {
      writesThrough: false,
      write: async (bytes) => {
        const taken = this.#state.full ? this.#world.mirrored.whole(0, bytes.length - 1) : bytes.length;
        file.bytes = Buffer.concat([file.bytes, bytes.subarray(0, taken)]);
        if (taken < bytes.length) throw Object.assign(new Error('the disk is full'), { code: 'ENOSPC' });
      },
      sync: async () => {
        const { bytes } = file;
        await this.#synced(process);
        file.durable = bytes;
      },
      truncate: async (size) => {
        file.bytes = file.bytes.subarray(0, size);
      },
      close: () => Promise.resolve(),
    };
  }

  /** Resolves after as long as a sync takes; never when the machine has died meanwhile. */
  #synced(process: { readonly alive: boolean }): Promise<void> {
    const { mirrored } = this.#world;
    return new Promise((resolve) => {
      this.#world.after(this.#state.slow ? mirrored.between(20, 3000) : mirrored.between(0.2, 5), () => {
        if (process.alive) resolve();
      });
    });
  }
}

interface SimFile {
  bytes: Buffer;
  durable: Buffer;
  /** Its name in the folder is durable. */
  isNamed: boolean;
}

const NOTHING = Buffer.alloc(0);
