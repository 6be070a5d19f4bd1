import { linkSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readRegular } from './read-regular.ts';

/** Somebody else is writing. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly pid: number;
  constructor(pid: number, path: string) {
    super(`another nova-torch (process ${pid}) is writing the generated tree; if that is not so, delete ${path}`);
    this.pid = pid;
  }
}

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/** How long is waited for a busy lock, and between two tries. */
const WAIT_MS = 5_000;
const PAUSE_MS = 50;

/** Tells the attempts of one process apart. */
let attempts = 0;

/**
 * Runs `work` while no other process that uses the same folder runs theirs. Waits for `waitMs` at most, then throws a
 * `LockedError`. The lock of a process that is gone is taken over; that of another machine (a shared disk) never is.
 */
export async function withLock<T>(folder: string, work: () => T | Promise<T>, waitMs: number = WAIT_MS): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'lock');
  for (let waited = 0; ; waited += PAUSE_MS) {
    const owner = acquire(folder, path);
    if (owner === undefined) break;
    if (waited >= waitMs) throw new LockedError(owner.pid, path);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Takes the lock, or says who has it. The lock is a link to a file that is complete already: nobody reads half of one. */
function acquire(folder: string, path: string): Owner | undefined {
  const own = join(folder, `lock.${process.pid}.${attempts++}`);
  rmSync(own, { force: true });
  writeFileSync(own, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner), { flag: 'wx' });
  try {
    for (;;) {
      if (linked(own, path)) return undefined;
      const owner = breakStale(path);
      if (owner !== undefined) return owner;
    }
  } finally {
    rmSync(own, { force: true });
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock whose process is gone. Returns the owner of one that stands. */
function breakStale(path: string): Owner | undefined {
  const text = read(path);
  if (text === undefined) return undefined;
  const owner = parse(text);
  if (owner !== undefined && (owner.host !== hostname() || isAlive(owner.pid))) return owner;
  // Two processes may both get here. The rename says which of them broke the lock; had the other one taken it in the
  // meantime, its lock is put back.
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (read(aside) !== text) linked(aside, path);
  rmSync(aside, { force: true, recursive: true });
  return undefined;
}

/** Nothing when there is no lock; what is no regular file says nothing, and so is the lock of nobody. */
function read(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  return readRegular(path)?.toString('utf8') ?? '';
}

function parse(text: string): Owner | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Owner>;
    return Number.isSafeInteger(pid) && (pid as number) > 0 && typeof host === 'string'
      ? { pid: pid as number, host }
      : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
