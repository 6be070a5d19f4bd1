import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { forgetDisk, noteSynced, syncedBytes } from './bad-disk.ts';
import type { SchedulerProcess } from './scheduler-process.ts';

const MIRRORED_MS = 60_000;
const LOOK_MS = 50;

/** Resolves when all that a scheduler has promised is at its peer as well. */
export async function isMirrored({ name, opsUrl }: SchedulerProcess): Promise<void> {
  for (const begun = performance.now(); performance.now() - begun < MIRRORED_MS; await pause(LOOK_MS)) {
    const metrics = await fetch(`${opsUrl()}/metrics`)
      .then((answer) => answer.text())
      .catch(() => '');
    if (/^nova_journal_unmirrored 0$/m.test(metrics)) return;
  }
  throw new Error(`${name} was not mirrored again in ${MIRRORED_MS / 1000} s`);
}

/** Of a killed scheduler: its journal is gone for good. What it keeps for another one is on the same disk, and goes as well. */
export function loseDisk({ journal, mirror, disk }: SchedulerProcess): void {
  for (const folder of [journal, mirror]) {
    // The folder itself may be where a disk is mounted.
    for (const name of existsSync(folder) ? readdirSync(folder) : [])
      rmSync(join(folder, name), { recursive: true, force: true });
  }
  forgetDisk(disk);
}

/** What was brought back was synced before it was moved into its place: no power failure takes it. */
export function noteRestored({ journal, disk }: SchedulerProcess): void {
  const known = syncedBytes(disk);
  for (const name of readdirSync(journal)) {
    if (name.endsWith('.journal') && !known.has(name)) noteSynced(disk, name, statSync(join(journal, name)).size);
  }
}
