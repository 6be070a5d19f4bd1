import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ChaosRefused } from './refused.ts';

/** A file system of its own for one journal, so small that it can be filled to the last byte. Linux, and root, only. */
export interface SmallDisk {
  /** Fills what is left of it. */
  fill(): void;
  /** Gives back what `fill` took. */
  empty(): void;
  /** Takes it away, with all that is on it. */
  remove(): void;
}

const MIB = 1024 * 1024;
const SIZE_MIB = 48;
const BALLAST = 'ballast';

export function smallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m,mode=700`, 'tmpfs', folder]);
  if (mounted.status !== 0) {
    throw new ChaosRefused('no file system can be mounted here', 'run it as root on Linux, or without --small-disks');
  }
  const ballast = join(folder, BALLAST);
  return {
    fill: () => {
      const file = openSync(ballast, 'a');
      try {
        // Ever smaller pieces, until not even one byte fits.
        for (let piece = MIB; piece >= 1; piece = Math.floor(piece / 16)) {
          while (writes(file, Buffer.alloc(piece)));
        }
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      spawnSync('umount', [folder]);
    },
  };
}

function writes(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
