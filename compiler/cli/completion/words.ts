import type { Branch } from '../tree.ts';
import { longFlag, optionSummary } from '../option.ts';
import type { Completion } from '../option.ts';

/** An option as a shell offers it. */
export interface OptionWord {
  readonly flags: readonly string[];
  readonly summary: string;
  /** What its value is completed with; nothing when it takes no value. */
  readonly value?: Completion;
}

/** What a shell can offer after the words of one command. */
export interface Node {
  readonly path: readonly string[];
  readonly summary: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly OptionWord[];
  readonly arguments: readonly Completion[];
  /** The last argument may be given several times. */
  readonly several: boolean;
}

const everywhere: readonly OptionWord[] = [
  { flags: ['-C', '--directory'], summary: 'Work in this folder', value: 'directory' },
  { flags: ['-h', '--help'], summary: 'Show help' },
];

/** The command tree as shells see it, the root first. */
export function completionNodes(branches: readonly Branch[]): Node[] {
  const root: Node = {
    path: [],
    summary: 'the command line of Nova-Torch',
    commands: children(branches, []),
    options: [...everywhere, { flags: ['-V', '--version'], summary: 'Print the version' }],
    arguments: [],
    several: false,
  };
  return [root, ...branches.map((branch) => nodeOf(branch, branches))];
}

function nodeOf({ path, entry, command }: Branch, branches: readonly Branch[]): Node {
  const options = Object.entries(command?.options ?? {}).map(([key, spec]): OptionWord => {
    const word = { flags: [longFlag(key)], summary: optionSummary(spec) };
    return spec.kind === 'flag' ? word : { ...word, value: spec.complete ?? [] };
  });
  return {
    path,
    summary: entry.summary,
    commands: children(branches, path),
    options: [...options, ...everywhere],
    arguments: (command?.arguments ?? []).map(({ complete }) => complete ?? []),
    several: command?.arguments.at(-1)?.several === true,
  };
}

function children(branches: readonly Branch[], path: readonly string[]): Node['commands'] {
  return branches
    .filter(
      (branch) => branch.path.length === path.length + 1 && path.every((word, index) => branch.path[index] === word),
    )
    .map(({ entry }) => ({ name: entry.name, summary: entry.summary }));
}
