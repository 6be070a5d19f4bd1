import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
 *
 * A lock is a link to a file that is complete already, so that nobody reads half of one. Who finds the holder dead does not
 * remove its lock, since it may be another one's by then, but links its own behind it, at the name that only this holder's
 * successor has: of many one succeeds, and when that one dies before it is done, the next links behind it. The last of such a row
 * holds the lock, makes it the first, and clears the row.
 */
export async function lockFolder(lock: FolderLock): Promise<() => Promise<void>> {
  const path = join(lock.directory, lock.file);
  const own = `${process.pid} ${randomUUID()}`;
  const draft = `${path}.${own.replace(' ', '.')}`;
  held.add(own);
  try {
    await writeFile(draft, own, { flag: 'wx', mode: 0o600 });
    const place = await take(lock, path, draft, own);
    if (place !== path) await rename(draft, path);
    await clear(lock);
  } catch (error) {
    held.delete(own);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return async () => {
    held.delete(own);
    await rm(path, { force: true });
  };
}

/** Of this process: in a container the process before may have had the same number. */
const held = new Set<string>();

/** Most that stand in a row: each died in the moment between its link and the next line. */
const ROW_MAX = 1000;

/** Links the draft to the end of the row, and returns where that is. */
async function take(lock: FolderLock, path: string, draft: string, own: string): Promise<string> {
  let place = path;
  for (let tries = 0; tries < ROW_MAX; tries++) {
    if (await isLinked(draft, place)) {
      if (place === path || (await lastOf(path)) === own) return place;
      // The row that it stands in is over: somebody has cleared it in between.
      await rm(place, { force: true });
      place = path;
      continue;
    }
    const holder = await holderAt(place);
    if (holder !== undefined && lives(holder)) throw inUse(lock, path, holder);
    place = holder === undefined ? path : behind(path, holder);
  }
  throw new Error(`${lock.what} in ${lock.directory} cannot be locked: if no program uses it, remove ${path}*`);
}

/** Who stands last in the row. */
async function lastOf(path: string): Promise<string | undefined> {
  let last: string | undefined;
  let place = path;
  for (let count = 0; count < ROW_MAX; count++) {
    const next = await holderAt(place);
    if (next === undefined) break;
    last = next;
    place = behind(path, next);
  }
  return last;
}

function inUse({ directory, what }: FolderLock, path: string, holder: string): Error {
  if (held.has(holder)) return new Error(`${what} in ${directory} is open already`);
  const pid = pidOf(holder);
  return new Error(`${what} in ${directory} is in use by process ${pid}; if that is another program, remove ${path}`);
}

/** Of `<pid> <id>`. */
function pidOf(holder: string): number {
  return Number(holder.split(' ', 1)[0]);
}

function lives(holder: string): boolean {
  const pid = pidOf(holder);
  return pid === process.pid ? held.has(holder) : isAlive(pid);
}

/** Most of a holder's text that is read: a lock may have been damaged. */
const HOLDER_MAX = 64;
const BEHIND = '.behind.';

function behind(path: string, holder: string): string {
  return `${path}${BEHIND}${encodeURIComponent(holder)}`;
}

async function holderAt(place: string): Promise<string | undefined> {
  try {
    return (await readFile(place, 'latin1')).slice(0, HOLDER_MAX);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the row, and drafts of processes that are gone. */
async function clear({ directory, file }: FolderLock): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${file}.`)) continue;
    const isDraft = !name.startsWith(`${file}${BEHIND}`);
    if (isDraft && lives(name.slice(file.length + 1).replace('.', ' '))) continue;
    await rm(join(directory, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return !isOver(pid);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/**
 * Killed, and waiting for a parent that has not asked for its end yet: it writes no more once its last thread has gone. Nobody
 * can say so where there is no /proc.
 */
function isOver(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before it may hold brackets itself.
    const isDead = /^ [ZX] /.test(stat.slice(stat.lastIndexOf(')') + 1));
    return isDead && readdirSync(`/proc/${pid}/task`).length <= 1;
  } catch {
    return false;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
