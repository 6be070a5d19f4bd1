import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

/**
 * Tells what this user's compiler left in a repository from what came with it. Whoever sends a pull request can put any
 * bytes at any path of the repository, and compute any digest; the key of a mark is in no repository.
 */
export interface Seal {
  /** The mark of a content under a name. Makes the key when there is none; nothing where none can be kept. */
  readonly mark: (name: string, content: string | Uint8Array) => string | undefined;
  /** Whether it is the mark of this content, under this name, in this repository. Writes nothing. */
  readonly isMark: (mark: string, name: string, content: string | Uint8Array) => boolean;
}

const KEY_BYTES = 32;

/** A link is refused, and a pipe does not make us wait. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The seal of the repository at `root`, with the key in `stateFolder`: a folder of the user's own. Without one, and where it
 * lies in the repository itself (a home folder that somebody commits), nothing is marked and no mark is believed.
 */
export function sealOf(root: string, stateFolder: string | undefined): Seal {
  let found: Marker | undefined;
  const marker = (isToBeMade: boolean): Marker | undefined =>
    (found ??= stateFolder === undefined ? undefined : markerOf(root, stateFolder, isToBeMade));
  return {
    mark: (name, content) => marker(true)?.(name, content),
    isMark(mark, name, content) {
      const [right, given] = [Buffer.from(marker(false)?.(name, content) ?? ''), Buffer.from(mark)];
      return right.length > 0 && right.length === given.length && timingSafeEqual(right, given);
    },
  };
}

type Marker = (name: string, content: string | Uint8Array) => string;

function markerOf(root: string, stateFolder: string, isToBeMade: boolean): Marker | undefined {
  try {
    const here = realpathSync(root);
    if (isBelow(realOf(stateFolder), repositoryAround(here))) return undefined;
    const path = join(stateFolder, 'key');
    const key = readKey(path) ?? (isToBeMade ? makeKey(path) : undefined);
    if (key === undefined) return undefined;
    return (name, content) => createHmac('sha256', key).update(`${here}\0${name}\0`).update(content).digest('hex');
  } catch {
    // A folder that cannot be read or written: nothing is remembered, which costs time and nothing else.
    return undefined;
  }
}

/** The key; nothing for what others may read or have made: Git, for one, makes no file that only its owner can read. */
function readKey(path: string): Buffer | undefined {
  if (!existsSync(path)) return undefined;
  const descriptor = openSync(path, FLAGS);
  try {
    const stats = fstatSync(descriptor);
    const isOwn =
      stats.uid === (process.getuid?.() ?? stats.uid) && (process.getuid === undefined || (stats.mode & 0o077) === 0);
    return stats.isFile() && stats.size === KEY_BYTES && isOwn ? readFileSync(descriptor) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the key, whole at once: of two processes that make one, both use the first. */
function makeKey(path: string): Buffer | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}`;
  rmSync(own, { force: true });
  writeFileSync(own, randomBytes(KEY_BYTES), { flag: 'wx', mode: 0o600 });
  try {
    linkSync(own, path);
  } catch {
    // It is there by now, or it is no key of ours and stays as it is.
  } finally {
    rmSync(own, { force: true });
  }
  return readKey(path);
}

/** What a pull request may fill: the Git repository around a folder, or the folder. */
function repositoryAround(folder: string): string {
  for (let around = folder; ; around = dirname(around)) {
    if (existsSync(join(around, '.git'))) return around;
    if (around === dirname(around)) return folder;
  }
}

/** The real path of a folder that need not exist yet. */
function realOf(folder: string): string {
  if (existsSync(folder) || folder === dirname(folder)) return realpathSync(folder);
  return join(realOf(dirname(folder)), basename(folder));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
