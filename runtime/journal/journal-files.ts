import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The file system as far as the journal needs it; tests put a disk in its place that fails. */
export interface JournalFiles {
  makeFolder(path: string): Promise<void>;
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Buffer>;
  /** So many bytes from `at` on; fewer where the file ends before. */
  readAt(path: string, at: number, length: number): Promise<Buffer>;
  /** Size in bytes and time of the last change, in milliseconds since 1970. */
  facts(path: string): Promise<{ readonly size: number; readonly changedMs: number }>;
  /** Opens for writing at the end; makes it when it is not there. */
  append(path: string): Promise<AppendFile>;
  remove(path: string): Promise<void>;
  /** Makes names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** Writes a small file as a whole. */
  put(path: string, text: string): Promise<void>;
}

export interface AppendFile {
  write(bytes: Uint8Array): Promise<void>;
  /** What was written is durable as soon as `write` has resolved: no `sync` need follow. */
  readonly writesThrough: boolean;
  /** `fdatasync`. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * Each write is followed by its `fdatasync` within the same call of the system: half the ways to the thread pool and back, which
 * cost more than the sync. Not every system has it.
 */
const { O_DSYNC: THROUGH = 0 } = constants as { readonly O_DSYNC?: number };

export const realFiles: JournalFiles = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: (path) => readdir(path),
  read: (path) => readFile(path),
  readAt,
  facts: async (path) => {
    const { size, mtimeMs } = await stat(path);
    return { size, changedMs: mtimeMs };
  },
  append: async (path) =>
    appendFile(await open(path, constants.O_CREAT | constants.O_WRONLY | constants.O_APPEND | THROUGH, 0o600)),
  remove: (path) => rm(path, { force: true }),
  syncFolder: async (path) => {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  },
  put: async (path, text) => {
    const draft = join(`${path}.new`);
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  },
};

async function readAt(path: string, at: number, length: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

function appendFile(handle: FileHandle): AppendFile {
  return {
    write: async (bytes) => {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await handle.write(bytes, written);
        written += bytesWritten;
      }
    },
    writesThrough: THROUGH !== 0,
    sync: () => handle.datasync(),
    truncate: (size) => handle.truncate(size),
    close: () => handle.close(),
  };
}
