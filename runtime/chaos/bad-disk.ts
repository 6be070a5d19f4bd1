import { appendFileSync, constants, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { FileHandle, open as openFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * A disk that is slow, full, or lies, put under the journal of a process that knows nothing of it (`disk-preload.ts`). It also
 * keeps a log of what was really synced, which no crash of that process can lose: what a power failure would leave behind.
 */
export interface DiskState {
  /** A sync takes up to so much longer. */
  readonly slowMs: number;
  /** No byte more, but for the space that the journal has taken in reserve. */
  readonly full: boolean;
  /** Says that it has synced, and has not: the control that shows that a loss would be seen. */
  readonly lies: boolean;
}

export const GOOD_DISK: DiskState = { slowMs: 0, full: false, lies: false };

const STATE = 'state.json';
const SYNCED = 'synced.log';

/** Changes what is said of it, and leaves the rest. */
export function setDisk(folder: string, changes: Partial<DiskState>): void {
  const state = { ...diskState(folder), ...changes };
  const draft = join(folder, `${STATE}.new`);
  writeFileSync(draft, JSON.stringify(state));
  renameSync(draft, join(folder, STATE));
}

function diskState(folder: string): DiskState {
  const path = join(folder, STATE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DiskState) : GOOD_DISK;
}

/** Bytes of each file that are on the disk for good. */
export function syncedBytes(folder: string): ReadonlyMap<string, number> {
  const path = join(folder, SYNCED);
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return new Map(
    lines.filter((line) => line !== '').map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])] as const),
  );
}

export function noteSynced(folder: string, file: string, bytes: number): void {
  appendFileSync(join(folder, SYNCED), `${file} ${bytes}\n`);
}

/** It is another one now: nothing is known of it. */
export function forgetDisk(folder: string): void {
  rmSync(join(folder, SYNCED), { force: true });
}

type Open = typeof openFile;

/** Puts the disk under files of a journal; everything else opens as before. */
export function badDisk(open: Open, folder: string): Open {
  return async (path, ...rest) => {
    const handle = await open(path, ...rest);
    const name = basename(pathOf(path));
    const [flags] = rest;
    const through = typeof flags === 'number' && (flags & constants.O_DSYNC) !== 0;
    // A mirror's files have the names of those they mirror. A peer that is slow or full its wire shows as well.
    if (pathOf(path).includes(`${sep}mirror${sep}`)) return handle;
    if (name.endsWith('.journal') || name === 'reserve') await sabotage(handle, pathOf(path), folder, through);
    return handle;
  };
}

function pathOf(path: Parameters<Open>[0]): string {
  return path instanceof URL ? fileURLToPath(path) : path.toString();
}

/** `through`: each write brings its own sync. */
async function sabotage(handle: FileHandle, path: string, folder: string, through: boolean): Promise<void> {
  const name = basename(path);
  const reserve = join(dirname(path), 'reserve');
  let { size } = await handle.stat();
  const write = handle.write.bind(handle) as (bytes: Uint8Array, offset?: number) => Promise<{ bytesWritten: number }>;
  const datasync = handle.datasync.bind(handle);
  const truncate = handle.truncate.bind(handle);
  const synced = async (sync: () => Promise<void>): Promise<void> => {
    const { slowMs, lies } = diskState(folder);
    const upTo = size;
    if (lies) return;
    if (slowMs > 0) await pause(slowMs * Math.random());
    await sync();
    if (name !== 'reserve') noteSynced(folder, name, upTo);
  };
  const broken = {
    write: async (bytes: Uint8Array, offset?: number) => {
      if (diskState(folder).full && (name === 'reserve' || existsSync(reserve))) throw noSpace(path);
      const done = await write(bytes, offset);
      size += done.bytesWritten;
      if (through) await synced(() => Promise.resolve());
      return done;
    },
    datasync: () => synced(datasync),
    truncate: async (to = 0) => {
      await truncate(to);
      size = to;
    },
  };
  Object.assign(handle, broken);
}

function noSpace(path: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC' });
}
