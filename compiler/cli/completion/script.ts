import { commands } from '../commands.ts';
import { loadTree } from '../tree.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionNodes } from './words.ts';
import { zshCompletion } from './zsh.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

const printers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** The completion script of a shell, made from the command tree. */
export async function completionScript(shell: Shell): Promise<string> {
  return printers[shell](completionNodes(await loadTree(commands)));
}
