import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';

/** What the operating system refused, in words. */
export interface SystemProblem {
  readonly message: string;
  readonly hints: readonly string[];
  readonly exit: ExitCode;
}

const reasons: Readonly<Record<string, readonly [reason: string, exit: ExitCode]>> = {
  EACCES: ['permission denied', exits.usage],
  EPERM: ['operation not permitted', exits.usage],
  EROFS: ['the file system is read-only', exits.usage],
  ENOENT: ['no such file or folder', exits.usage],
  ENOTDIR: ['a part of the path is not a folder', exits.usage],
  EISDIR: ['it is a folder', exits.usage],
  EEXIST: ['something else is there', exits.usage],
  EXDEV: ['it is on another file system', exits.usage],
  ELOOP: ['too many symbolic links', exits.usage],
  ENXIO: ['it is no regular file', exits.usage],
  EIO: ['the device failed', exits.disk],
  EBUSY: ['it is in use', exits.usage],
  ENAMETOOLONG: ['the name is too long', exits.usage],
  ENOSPC: ['no space left on the device', exits.limit],
  EDQUOT: ['the disk quota is used up', exits.limit],
  EFBIG: ['the file would be too large', exits.limit],
  EMFILE: ['too many open files', exits.limit],
  ENFILE: ['too many open files in the system', exits.limit],
};

/** What was asked of the system, where its own name for it says little. */
const actions: Readonly<Record<string, string>> = {
  scandir: 'read the folder',
  opendir: 'read the folder',
  stat: 'look at',
  lstat: 'look at',
  mkdir: 'make the folder',
  rmdir: 'remove the folder',
  unlink: 'remove',
};

/** The refusal behind an error of the file system; nothing for any other error. */
export function systemProblem(error: unknown): SystemProblem | undefined {
  // By its name: the module of the lock is loaded only by commands that write.
  if (error instanceof Error && error.name === 'LockedError')
    return { message: error.message, hints: [], exit: exits.usage };
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const known = reasons[String(error.code)];
  if (known === undefined) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? ` \`${error.path}\`` : '';
  const action = actions[String(error.syscall)] ?? String(error.syscall);
  return { message: `cannot ${action}${path}: ${known[0]}`, hints: [], exit: known[1] };
}

/** What an error of the file system means, in words where there are some. */
export function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return reasons[String(code)]?.[0] ?? message;
}
