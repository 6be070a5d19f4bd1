import { join } from 'node:path';
import { lockFolder } from '../folder-lock/folder-lock.ts';
import type { AppendFile, JournalFiles } from './journal-files.ts';
import type { JournalOptions } from './journal.ts';

const FILE = 'reserve';
const FULL_RETRY_MS = 100;
const RETRY_MS = 1000;

/** Space that only ends may use, as a file that is given up when the disk is full. */
export class Reserve {
  readonly #options: JournalOptions;
  readonly #files: JournalFiles;
  /** When it was asked for last. */
  #triedMs = 0;
  #isUsed = false;

  constructor(options: JournalOptions, files: JournalFiles) {
    this.#options = options;
    this.#files = files;
  }

  /** The disk is full, and it is given up. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** It may be there again. */
  get isDue(): boolean {
    return this.#options.nowMs() - this.#triedMs >= RETRY_MS;
  }

  async take(): Promise<void> {
    const { directory, reserveBytes } = this.#options;
    const path = join(directory, FILE);
    this.#triedMs = this.#options.nowMs();
    try {
      const handle = await this.#files.append(path);
      try {
        const { size } = await this.#files.facts(path);
        const block = Buffer.alloc(Math.min(1_048_576, reserveBytes));
        for (let left = reserveBytes - size; left > 0; left -= block.length) {
          await handle.write(block.subarray(0, Math.min(block.length, left)));
        }
        await handle.sync();
      } finally {
        // What is removed while it is open takes its room still.
        await handle.close();
      }
      this.#use(false);
    } catch (error) {
      if (!isNoSpace(error)) throw error;
      await this.#files.remove(path);
      this.#use(true);
    }
  }

  #use(isUsed: boolean): void {
    if (isUsed !== this.#isUsed) this.#options.onFull?.(isUsed);
    this.#isUsed = isUsed;
  }

  /**
   * Writes to the end of a file of `size` bytes, and waits for room as long as there is none: what is written here was promised or
   * has happened.
   */
  async write(file: AppendFile, bytes: Buffer, size: number): Promise<void> {
    for (;;) {
      try {
        await file.write(bytes);
        return;
      } catch (error) {
        if (!isNoSpace(error)) throw error;
        this.#use(true);
        await file.truncate(size);
        await this.#files.remove(join(this.#options.directory, FILE));
        await new Promise((resolve) => setTimeout(resolve, FULL_RETRY_MS));
      }
    }
  }
}

/** The lock of the journal's folder. On a full disk a start needs room as well: what is in reserve is given up for it. */
export async function lockWithRoom(directory: string, files: JournalFiles): Promise<() => Promise<void>> {
  const lock = { directory, file: 'lock', what: 'the journal' };
  try {
    return await lockFolder(lock);
  } catch (error) {
    if (!isNoSpace(error)) throw error;
    await files.remove(join(directory, FILE));
    return lockFolder(lock);
  }
}

function isNoSpace(error: unknown): boolean {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT');
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
