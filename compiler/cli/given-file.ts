import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { exits } from './exit.ts';
import { systemProblem } from './system-problem.ts';
import { WordError } from './usage.ts';

/** A pipe that stands at the place answers at once instead of waiting for somebody who writes. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The text of a file that somebody names; the file may be of a pull request. Throws WordError for what is no regular file,
 * or holds more than `bytesMax` bytes. A link is followed only where the person's own files are links, as tokens in a
 * cluster are: what a repository's link leads to would be shown in a complaint about it.
 */
export function readGiven(path: string, bytesMax: number, context: Context, links: 'refused' | 'followed'): string {
  const descriptor = open(path, resolve(context.directory, path), links === 'refused' ? constants.O_NOFOLLOW : 0);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new WordError(`\`${path}\` is no regular file`);
    if (stats.size > bytesMax) throw new WordError(`\`${path}\` is longer than ${bytesMax} bytes`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function open(path: string, absolute: string, more: number): number {
  try {
    return openSync(absolute, FLAGS | more);
  } catch (error) {
    const isLink = more !== 0 && (error as NodeJS.ErrnoException).code === 'ELOOP';
    if (isLink) throw new WordError(`\`${path}\` is a link; name the file itself`);
    const problem = systemProblem(error);
    throw problem?.exit === exits.usage ? new WordError(problem.message) : error;
  }
}
