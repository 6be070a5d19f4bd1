import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isFolder } from '../load/read-workspace.ts';
import type { Context } from './context.ts';
import { UsageError } from './usage.ts';

/**
 * The absolute path of the file that `--out` names. Throws UsageError where there is no folder for it, and for what is no
 * regular file: the file is replaced, and a device or a link of that name would be gone.
 */
export function outFile(out: string, printed: string, context: Context): string {
  const path = resolve(context.directory, out);
  if (!isFolder(dirname(path))) throw new UsageError(`there is no folder for \`${out}\``);
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new UsageError(`\`${out}\` is no regular file`, [`without \`--out\` ${printed} printed`]);
  return path;
}
