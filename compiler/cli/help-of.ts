import { commands, findCommand } from './commands.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import type { Style } from './style.ts';

/** The help of the command that `path` names; of all commands when it is empty. */
export async function helpOf(path: readonly string[], style: Style): Promise<string> {
  const { entry } = findCommand(path);
  if (entry === undefined) return overview(commands, style);
  const name = ['nova-torch', ...path].join(' ');
  if (entry.load === undefined) return groupHelp(entry, name, style);
  return commandHelp(entry, await entry.load(), name, style);
}
