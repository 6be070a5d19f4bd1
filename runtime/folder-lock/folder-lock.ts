import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

export interface FolderLock {
  readonly directory: string;
  /** Name of the file in it that names the holder. */
  readonly file: string;
  /** What is locked, as errors call it: `the journal`. */
  readonly what: string;
}

/**
 * One process a folder. The lock names the process that holds it; one that a dead process left behind is taken over. Two
 * machines are kept apart by the volume, which only one of them may mount. Returns what gives the lock back.
 */
export async function lockFolder({ directory, file, what }: FolderLock): Promise<() => Promise<void>> {
  const path = join(directory, file);
  try {
    await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    const holder = Number(await readFile(path, 'utf8'));
    if (holder !== process.pid && isAlive(holder)) {
      throw new Error(
        `${what} in ${directory} is in use by process ${holder}; if that is another program, remove ${path}`,
        { cause: error },
      );
    }
    if (holder === process.pid && held.has(path))
      throw new Error(`${what} in ${directory} is open already`, { cause: error });
    await writeFile(path, String(process.pid), { mode: 0o600 });
  }
  held.add(path);
  return async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
}

/** By this process: in a container the process before may have had the same number. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
