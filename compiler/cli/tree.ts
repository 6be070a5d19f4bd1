import type { Command, CommandEntry } from './command.ts';

/** A command together with the words that name it. */
export interface Branch {
  readonly path: readonly string[];
  readonly entry: CommandEntry;
  /** Nothing for a group. */
  readonly command?: Command;
}

/** Every command and group with its module loaded, groups before what they hold. For completion and the reference. */
export async function loadTree(entries: readonly CommandEntry[], above: readonly string[] = []): Promise<Branch[]> {
  const branches: Branch[] = [];
  for (const entry of entries) {
    const path = [...above, entry.name];
    const command = await entry.load?.();
    branches.push({ path, entry, ...(command === undefined ? {} : { command }) });
    branches.push(...(await loadTree(entry.commands ?? [], path)));
  }
  return branches;
}
