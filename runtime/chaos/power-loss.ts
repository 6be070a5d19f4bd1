import { existsSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { RandomNumbers } from '../simulation/random.ts';
import { noteSynced, syncedBytes } from './bad-disk.ts';

/** What a power failure leaves of a journal: all that was synced, and any beginning of what was not. Gives the bytes lost. */
export function losePower(journal: string, disk: string, random: RandomNumbers): number {
  const synced = syncedBytes(disk);
  let lost = 0;
  for (const name of existsSync(journal) ? readdirSync(journal) : []) {
    if (!name.endsWith('.journal')) continue;
    const path = join(journal, name);
    const { size } = statSync(path);
    const safe = synced.get(name);
    if (safe === undefined) {
      // Not even its name was made durable.
      rmSync(path);
      lost += size;
    } else if (size > safe) {
      const kept = random.whole(safe, size);
      truncateSync(path, kept);
      lost += size - kept;
      noteSynced(disk, name, kept);
    }
  }
  return lost;
}
