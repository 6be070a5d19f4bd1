import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, open, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Replaces one file, or makes it, so that a reader sees the old text or the new one and never a part. The folder must
 * exist. The mode of a file that was there is kept. Throws what the file system says.
 */
export async function writeFileAtomic(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeNew(temporary, text);
    if (existsSync(path)) await chmod(temporary, (await stat(path)).mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes new files below `root`, with their folders. Throws what the file system says (EEXIST where one exists already:
 * nothing is overwritten), and then nothing that was made is left.
 */
export async function createFiles(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  const made: string[] = [];
  try {
    for (const [path, text] of files) {
      await makeFolders(dirname(join(root, path)), made);
      await writeNew(join(root, path), text, made);
    }
  } catch (error) {
    for (const path of made.reverse()) await remove(path);
    throw error;
  }
}

/** One by one: where a file system takes no folders (`/proc`), to ask Node for all of them at once never ends. */
async function makeFolders(folder: string, made: string[]): Promise<void> {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) {
    await mkdir(path);
    made.push(path);
  }
}

/** Takes back a file or a folder of ours. What somebody put into the folder meanwhile keeps it. */
async function remove(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isDirectory()) await rmdir(path);
    else await rm(path);
  } catch {
    // The first error says what went wrong.
  }
}

async function writeNew(path: string, text: string, made: string[] = []): Promise<void> {
  const file = await open(path, 'wx');
  made.push(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
