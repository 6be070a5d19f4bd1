import { lstatSync, rmSync, writeFileSync } from 'node:fs';

/** Longest time between two ticks of a file system's clock, where it counts more than whole seconds. */
export const TICK_MS = 20;

/**
 * Waits until the file system's own clock is past the time of a change, and says what it shows then: whatever changes from
 * now on has another time. The clock is read off a file that is written for it. Most often it is past already, and this
 * costs one look. A clock that counts whole seconds is not waited for; one that cannot be read shows 0.
 */
export async function clockAfter(changedMs: number, probe: string): Promise<number> {
  for (let waitedMs = 0; ; waitedMs++) {
    const nowMs = shownBy(probe);
    if (nowMs > changedMs || waitedMs >= TICK_MS) return nowMs;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

function shownBy(probe: string): number {
  try {
    // A file of our own: what stands at the place may be a link that came with the repository.
    rmSync(probe, { force: true });
    writeFileSync(probe, '.', { flag: 'wx' });
    return lstatSync(probe).ctimeMs;
  } catch {
    // Read-only, disk full: what cannot be told from a later change is read again, which costs time and nothing else.
    return 0;
  }
}
