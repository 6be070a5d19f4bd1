import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withLock } from './lock.ts';
import type { WritePlan } from './plan.ts';
import { readRegular } from './read-regular.ts';
import { isPlain } from './tree.ts';
import { sealOf } from './seal.ts';
import type { Seal } from './seal.ts';
import { isSafePath } from './unit-index.ts';
import { sure } from '../../spec/contract/sure.ts';

/** Where the generated tree is, and where a new one is put together: on the same file system, ignored by Git. */
export interface Place {
  /** `<root>/generated` */
  readonly folder: string;
  /** `<root>/.nova-torch` */
  readonly work: string;
  /** Tells what we left in `work` from what came with the repository. */
  readonly seal: Seal;
}

/** `stateFolder` is a folder of the user's own; without it nothing is believed that lies in `.nova-torch/`. */
export function placeOf(root: string, stateFolder?: string): Place {
  return { folder: join(root, 'generated'), work: join(root, '.nova-torch'), seal: sealOf(root, stateFolder) };
}

/** Folders of ours outside of `generated/` that are something else, links perhaps: nothing may be read or written there. */
export function notFolders({ work }: Place): readonly string[] {
  const statOf = (path: string) => lstatSync(path, { throwIfNoEntry: false });
  if (statOf(work)?.isDirectory() === false) return [basename(work)];
  const inside = ['cache', 'swap'].filter((name) => {
    const stats = statOf(join(work, name));
    // A file there costs time and nothing else.
    return stats !== undefined && !stats.isDirectory() && !stats.isFile();
  });
  return inside.map((name) => `${basename(work)}/${name}`);
}

/** The steps of a write, for tests that stop the process at each of them. */
export type Step = 'begin' | 'staged' | 'ready' | 'prepared' | 'parted' | 'applied' | 'whole' | 'swapped' | 'done';

export interface Listeners {
  readonly onStep?: (step: Step) => void;
  /** Awaited between files while they are written where nobody looks. What it throws ends the write, and the old tree stands. */
  readonly pause?: () => Promise<void>;
}

/**
 * Writes a plan: the only writer of the compiler. The plan is made with the lock held, so that nobody changes the tree
 * between looking and writing; no plan, nothing written. Below `.nova-torch/swap/`:
 *
 *     next    new files and the list of changes, being written; worthless
 *     ready   all of that, complete (`next` renamed)
 *     tree    the generated tree, out of sight (`generated/` renamed) while files are moved in and out of it
 *     undo    files that were replaced or removed
 *
 * A reader sees the old tree, then for a moment no `generated/` at all, then the new tree; never files of both. A kill
 * leaves one of these three. The next compile that writes begins with `recover`, which turns the second into the new tree;
 * commands that only read refuse it, since they write nothing (`isUnfinished`). The first tree of all needs none of this:
 * `next` is renamed to it. On an error (disk full, read-only, no permission) the old tree stands. The cost follows the
 * change, not the tree.
 *
 * Refused: replacing files in place with a journal of intents, which shows a mix until it is rolled forward, and somebody
 * may commit it; and a whole new tree of hard links, which makes and removes a folder per fleet for a one-line change.
 * Nothing is fsynced: the promise is about processes that die, not about power; the tree is derived, Git keeps it.
 */
export async function writeTree(
  place: Place,
  makePlan: () => WritePlan | undefined,
  { onStep = ignore, pause = noPause }: Listeners = {},
): Promise<WritePlan | undefined> {
  return withLock(place.work, async () => {
    settle(place);
    if (isUnfinished(place)) return undefined;
    const plan = makePlan();
    if (plan === undefined || (plan.writes.size === 0 && plan.removes.length === 0)) return plan;
    const { base } = stages(place);
    if (!existsSync(place.folder)) {
      await writeFirst(place, plan, onStep, pause);
      onStep('done');
      return plan;
    }
    try {
      const changes = await stage(place, plan, onStep, pause);
      await pause();
      prepare(place, changes);
      onStep('prepared');
      swap(place, changes, onStep);
      removeEmptyFolders(place, changes);
    } finally {
      // A tree that could not be put back stays for `recover`.
      if (existsSync(place.folder) || !existsSync(stages(place).tree)) rmSync(base, { recursive: true, force: true });
    }
    onStep('done');
    return plan;
  });
}

/**
 * Whether a write was killed while the tree was out of sight: `generated/` is not there, and half of a change is made to
 * what stands in its place. Costs two looks.
 */
export function isUnfinished(place: Pick<Place, 'folder' | 'work'>): boolean {
  return isThere(stages(place).tree) && !isThere(place.folder);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Finishes or undoes a write of ours that was killed; every command that writes the tree begins with it, and it costs one
 * look. Another's stays unfinished, for a person to look at.
 */
export async function recover(place: Place): Promise<void> {
  if (existsSync(stages(place).base)) await withLock(place.work, () => settle(place));
}

function ignore(): void {
  // Only tests listen.
}

async function noPause(): Promise<void> {
  // Nobody can ask to stop.
}

interface Changes {
  readonly writes: readonly string[];
  readonly removes: readonly string[];
}

interface Swap {
  readonly base: string;
  readonly next: string;
  readonly ready: string;
  readonly tree: string;
  readonly undo: string;
}

function stages({ work }: Pick<Place, 'work'>): Swap {
  const base = join(work, 'swap');
  const inside = (name: string): string => join(base, name);
  return { base, next: inside('next'), ready: inside('ready'), tree: inside('tree'), undo: inside('undo') };
}

/** With the lock held: after it `generated/` is a whole tree, old or new, and nothing of a swap of ours is left. */
function settle(place: Place): void {
  const { base, tree } = stages(place);
  if (!isThere(base)) return;
  // Killed while the tree was out of sight: what is ready goes in. A tree that somebody restored in between stays.
  if (isUnfinished(place)) {
    const changes = changesIn(place);
    if (changes === undefined || !isPlain(tree)) return;
    apply(place, changes, ignore);
    renameSync(tree, place.folder);
  }
  rmSync(base, { recursive: true, force: true });
}

/** The list of changes in `ready`; nothing when there is none that we wrote. */
function changesIn({ work, seal }: Place): Changes | undefined {
  const { ready } = stages({ work });
  const text = isPlain(ready) ? readRegular(join(ready, CHANGES))?.toString('utf8') : undefined;
  const [mark, list] = text?.split('\n', 2) ?? [];
  if (mark === undefined || list === undefined || !seal.isMark(mark, CHANGES, list)) return undefined;
  const { writes, removes } = JSON.parse(list) as Changes;
  // Whoever has the key could still not lead out of the tree.
  return [...writes, ...removes].every(isSafePath) ? { writes, removes } : undefined;
}

/** A mark, and the list. Without a mark, where no key can be kept, a kill at the wrong moment needs a person. */
const CHANGES = 'changes.json';

function listOf(changes: Changes, seal: Seal): string {
  const list = JSON.stringify(changes);
  return `${seal.mark(CHANGES, list) ?? ''}\n${list}`;
}

/**
 * The first tree of all is put together where nobody looks and appears with one rename. Each file is made in the folder it
 * stays in: thousands of files in one folder, moved one by one, take some file systems three times as long.
 */
async function writeFirst(
  place: Place,
  plan: WritePlan,
  onStep: (step: Step) => void,
  pause: () => Promise<void>,
): Promise<void> {
  const { base, next } = stages(place);
  try {
    const known = new Set<string>();
    mkdirSync(next, { recursive: true });
    onStep('begin');
    for (const [path, text] of plan.writes) {
      const file = join(next, path);
      const folder = dirname(file);
      if (!known.has(folder)) mkdirSync(folder, { recursive: true });
      known.add(folder);
      writeNew(file, text);
      onStep('staged');
      await pause();
    }
    onStep('ready');
    renameSync(next, place.folder);
    onStep('swapped');
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** With the encoding named, Node opens, writes and closes in one call. */
const NEW_FILE = { encoding: 'utf8', flag: 'wx' } as const;

/** Writes a new file. On a full disk Node says what was refused, and not where. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, NEW_FILE);
  } catch (error) {
    throw error instanceof Error && !('path' in error) ? Object.assign(error, { path }) : error;
  }
}

/** Writes new files beside the tree; when it returns, `ready` is complete. */
async function stage(
  place: Place,
  plan: WritePlan,
  onStep: (step: Step) => void,
  pause: () => Promise<void>,
): Promise<Changes> {
  const { next, ready } = stages(place);
  const changes: Changes = { writes: [...plan.writes.keys()], removes: plan.removes };
  mkdirSync(next, { recursive: true });
  onStep('begin');
  for (const [index, path] of changes.writes.entries()) {
    writeNew(join(next, `w${index}`), sure(plan.writes.get(path), 'the text of a file to write'));
    onStep('staged');
    await pause();
  }
  writeNew(join(next, CHANGES), listOf(changes, place.seal));
  renameSync(next, ready);
  onStep('ready');
  return changes;
}

/**
 * Makes the folders that new files need and asks for the right to change the others, while the old tree still stands: an
 * empty folder means nothing to anybody, and afterwards nothing but renames can fail.
 */
function prepare(place: Place, { writes, removes }: Changes): void {
  const { undo } = stages(place);
  mkdirSync(undo);
  const known = new Set<string>();
  for (const path of [...writes, ...removes]) makeFolder(dirname(join(place.folder, path)), known);
}

function makeFolder(folder: string, known: Set<string>): void {
  if (known.has(folder)) return;
  known.add(folder);
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  accessSync(folder, constants.W_OK | constants.X_OK);
}

function swap(place: Place, changes: Changes, onStep: (step: Step) => void): void {
  const { tree } = stages(place);
  renameSync(place.folder, tree);
  onStep('parted');
  try {
    apply(place, changes, onStep);
    onStep('whole');
  } catch (error) {
    unapply(place, changes);
    renameSync(tree, place.folder);
    throw error;
  }
  renameSync(tree, place.folder);
  onStep('swapped');
}

/** Moves new files into the hidden tree and old ones out of it. What is done already is not done again. */
function apply(place: Place, { writes, removes }: Changes, onStep: (step: Step) => void): void {
  const { ready, tree, undo } = stages(place);
  for (const [index, path] of writes.entries()) {
    const staged = join(ready, `w${index}`);
    if (!existsSync(staged)) continue;
    if (existsSync(join(tree, path))) renameSync(join(tree, path), join(undo, `w${index}`));
    renameSync(staged, join(tree, path));
    onStep('applied');
  }
  for (const [index, path] of removes.entries()) {
    if (existsSync(join(tree, path))) renameSync(join(tree, path), join(undo, `r${index}`));
    onStep('applied');
  }
}

/** The way back from wherever `apply` stopped. */
function unapply(place: Place, { writes, removes }: Changes): void {
  const { ready, tree, undo } = stages(place);
  for (const [index, path] of writes.entries()) {
    if (!existsSync(join(ready, `w${index}`)) && existsSync(join(tree, path))) {
      renameSync(join(tree, path), join(ready, `w${index}`));
    }
    if (existsSync(join(undo, `w${index}`))) renameSync(join(undo, `w${index}`), join(tree, path));
  }
  for (const [index, path] of removes.entries()) {
    if (existsSync(join(undo, `r${index}`))) renameSync(join(undo, `r${index}`), join(tree, path));
  }
}

/** Folders that lost their last file. Git does not know them; people would wonder. */
function removeEmptyFolders(place: Place, { removes }: Changes): void {
  for (const path of removes) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      try {
        rmdirSync(join(place.folder, folder));
      } catch {
        break;
      }
    }
  }
}
