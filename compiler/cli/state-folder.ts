import { isAbsolute, join } from 'node:path';

/**
 * Where the user's own state lies, as the XDG directories say and, on Windows, the system: the key by which a memory of
 * ours is told from one that came with a repository. Nothing where no home is known.
 */
export function stateFolderOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const folder = (name: string, ...below: readonly string[]): string | undefined => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? join(value, ...below, 'nova-torch') : undefined;
  };
  return folder('XDG_STATE_HOME') ?? folder('LOCALAPPDATA') ?? folder('HOME', '.local', 'state');
}
