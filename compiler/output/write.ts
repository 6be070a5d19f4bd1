import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.ts';
import type { WritePlan } from './plan.ts';

/** Where the generated tree is, and where a new one is put together: on the same file system, ignored by Git. */
export interface Place {
  /** `<root>/generated` */
  readonly folder: string;
  /** `<root>/.nova-torch` */
  readonly work: string;
}

export function placeOf(root: string): Place {
  return { folder: join(root, 'generated'), work: join(root, '.nova-torch') };
}

/** The steps of a write, for tests that stop the process at each of them. */
export type Step = 'begin' | 'linked' | 'file' | 'ready' | 'parted' | 'swapped' | 'done';

/**
 * Writes a plan: the only writer of the compiler. The plan is made with the lock held, so that nobody changes the tree
 * between looking and writing; no plan, nothing written. The new tree is put together beside the old one, unchanged files as
 * hard links, and takes its place by two renames:
 *
 *     next      being put together; worthless
 *     ready     complete (`next` renamed)
 *     generated -> old, ready -> generated, old removed
 *
 * A kill at any moment leaves the old tree or the new one, never files of both. Between the two renames, some
 * microseconds, there is no `generated/` at all; the next command begins with `recover`, which puts the new tree in its
 * place. On an error (disk full, read-only) the old tree is untouched and what was put together is removed.
 *
 * Refused: replacing file by file with a journal of intents. Until the journal is rolled forward a reader sees a mix,
 * and somebody may commit it. Nothing is fsynced: the promise is about processes that die, not about power; the tree is
 * derived, and Git has the durable copy.
 */
export async function writeTree(
  place: Place,
  makePlan: () => WritePlan | undefined,
  onStep: (step: Step) => void = ignore,
): Promise<WritePlan | undefined> {
  return withLock(place.work, () => {
    settle(place);
    const plan = makePlan();
    if (plan === undefined || (plan.writes.size === 0 && plan.removes.length === 0)) return plan;
    try {
      assemble(place, plan, onStep);
      swap(place, onStep);
    } finally {
      rmSync(stages(place).base, { recursive: true, force: true });
    }
    onStep('done');
    return plan;
  });
}

/** Finishes or undoes a write that was killed. Every command that reads or writes the tree begins with it; it costs one look. */
export async function recover(place: Place): Promise<void> {
  const { base } = stages(place);
  if (existsSync(base)) await withLock(place.work, () => settle(place));
}

function ignore(): void {
  // Only tests listen.
}

function stages({ work }: Place): {
  readonly base: string;
  readonly next: string;
  readonly ready: string;
  readonly old: string;
} {
  const base = join(work, 'swap');
  return { base, next: join(base, 'next'), ready: join(base, 'ready'), old: join(base, 'old') };
}

/** With the lock held: after it `generated/` is a whole tree and no stage is left. */
function settle(place: Place): void {
  const { base, ready, old } = stages(place);
  if (!existsSync(base)) return;
  if (!existsSync(place.folder)) {
    // Killed between the two renames, or in the first write ever: the complete new tree goes in. Without one, the old.
    if (existsSync(ready)) renameSync(ready, place.folder);
    else if (existsSync(old)) renameSync(old, place.folder);
  }
  rmSync(base, { recursive: true, force: true });
}

function swap(place: Place, onStep: (step: Step) => void): void {
  const { ready, old } = stages(place);
  const existed = existsSync(place.folder);
  if (existed) renameSync(place.folder, old);
  try {
    onStep('parted');
    renameSync(ready, place.folder);
  } catch (error) {
    if (existed) renameSync(old, place.folder);
    throw error;
  }
  onStep('swapped');
}

/** Puts the new tree together; when it returns, `ready` is complete. */
function assemble(place: Place, plan: WritePlan, onStep: (step: Step) => void): void {
  const { next, ready } = stages(place);
  const made = new Set<string>();
  const target = (path: string): string => {
    const to = join(next, path);
    const parent = dirname(to);
    if (!made.has(parent)) mkdirSync(parent, { recursive: true });
    made.add(parent);
    return to;
  };
  mkdirSync(next, { recursive: true });
  onStep('begin');
  for (const path of plan.keeps) linkOrCopy(join(place.folder, path), target(path));
  onStep('linked');
  for (const [path, text] of plan.writes) {
    writeFileSync(target(path), text, { flag: 'wx' });
    onStep('file');
  }
  renameSync(next, ready);
  onStep('ready');
}

/** Some file systems know no hard links, or only so many. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EPERM' && code !== 'EMLINK' && code !== 'ENOTSUP' && code !== 'EXDEV') throw error;
    copyFileSync(from, to);
  }
}
