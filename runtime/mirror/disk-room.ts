import { stat, statfs } from 'node:fs/promises';
import type { Clock } from '../loops/clock.ts';

export interface DiskRoomOptions {
  /** Of the mirrors. */
  readonly directory: string;
  /** Of this scheduler's own journal. */
  readonly journal: string;
  /** How much that may still grow. */
  readonly journalNeeds: () => number;
  readonly clock: Clock;
}

const LOOK_MS = 1000;

/** How many bytes mirrors may take: all that is free, but for what the own journal may still need of the same disk. */
export function diskRoom({ directory, journal, journalNeeds, clock }: DiskRoomOptions): () => Promise<number> {
  let lookedMs = -Infinity;
  let free = 0;
  return async () => {
    // The disk is asked once a second: what a second brings is far less than a journal's share.
    if (clock.monotonicMs() - lookedMs >= LOOK_MS) {
      const { bavail, bsize } = await statfs(directory);
      const isSame = (await stat(directory)).dev === (await stat(journal)).dev;
      free = bavail * bsize - (isSame ? journalNeeds() : 0);
      lookedMs = clock.monotonicMs();
    }
    return free;
  };
}
