import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A link is refused, and a pipe that stands at the place answers at once instead of waiting for somebody who writes. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The bytes of a regular file. Nothing for a link, a pipe, a device, a folder, more than `bytesMax` bytes, or what cannot be
 * read: a repository is somebody's pull request, and what stands at a path in it may lead anywhere.
 */
export function readRegular(path: string, bytesMax = Number.POSITIVE_INFINITY): Buffer | undefined {
  try {
    const descriptor = openSync(path, FLAGS);
    try {
      const stats = fstatSync(descriptor);
      return stats.isFile() && stats.size <= bytesMax ? readFileSync(descriptor) : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
