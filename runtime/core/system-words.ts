/** What is needed of an error of the system; most of them have all of it. */
interface SystemError {
  readonly code?: unknown;
  readonly path?: unknown;
}

const WORDS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'too many symbolic links'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'no space left on the device'],
  ['EIO', 'the device failed'],
  ['EMFILE', 'too many open files'],
  ['EADDRINUSE', 'another process listens there'],
  ['EADDRNOTAVAIL', 'it is no address of this machine'],
]);

/** Why the system refused, in words where there are some: its own text begins with a code and the name of a call. */
export function systemWords(error: unknown): string {
  const { code } = error as SystemError;
  const own = error instanceof Error ? error.message : String(error);
  return WORDS.get(code) ?? own;
}

/** The place that the system spoke of, or the one that it was asked about. */
export function systemPlace(error: unknown, asked: string): string {
  const { path } = error as SystemError;
  return typeof path === 'string' ? path : asked;
}
