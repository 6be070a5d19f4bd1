import type { Command } from '../compiler/cli/command.ts';
import { commands } from '../compiler/cli/commands.ts';
import { commonOptions, exitRows, usageLine } from '../compiler/cli/help.ts';
import { optionSummary, optionTerm } from '../compiler/cli/option.ts';
import { loadTree } from '../compiler/cli/tree.ts';
import type { Branch } from '../compiler/cli/tree.ts';

/** `docs/commands.md`: the help of every command on one page, from the very data that `--help` prints. */
export async function commandsReference(): Promise<string> {
  const tree = await loadTree(commands);
  return [
    '<!-- Made by `npm run docs` from compiler/cli/commands. Do not edit. -->',
    '# Commands',
    'One program, `nova-torch`. It works in the current folder, or in the one that `-C` names; paths it prints are relative to it.',
    'What a command reports goes to standard output, what goes wrong to standard error; colour is left out where no terminal reads it, and by `NO_COLOR`.',
    table(
      ['command', 'what it does'],
      tree.filter(isCommand).map(({ path, entry }) => [linkTo(path), entry.summary]),
    ),
    'Every command also has:',
    table(
      ['option', ''],
      commonOptions.map(([term, summary]) => [`\`${term}\``, summary]),
    ),
    ...tree.filter(isCommand).flatMap(section),
    '',
  ].join('\n\n');
}

type Leaf = Branch & { readonly command: Command };

function isCommand(branch: Branch): branch is Leaf {
  return branch.command !== undefined;
}

function section({ path, command }: Leaf): readonly string[] {
  const name = ['nova-torch', ...path].join(' ');
  const words = command.arguments.map((word) => [`\`${word.name}\``, word.summary] as const);
  const options = Object.entries(command.options).map(
    ([key, spec]) => [`\`${optionTerm(key, spec)}\``, optionSummary(spec)] as const,
  );
  return [
    `## ${name}`,
    `\`\`\`text\n${usageLine(command, name)}\n\`\`\``,
    command.description,
    ...(words.length === 0 ? [] : [table(['argument', ''], words)]),
    ...(options.length === 0 ? [] : [table(['option', ''], options)]),
    `\`\`\`sh\n${command.examples.map(({ line, summary }) => `${line}   # ${summary}`).join('\n')}\n\`\`\``,
    table(['ends with', 'when'], exitRows(command)),
  ];
}

function linkTo(path: readonly string[]): string {
  return `[\`${path.join(' ')}\`](#nova-torch-${path.join('-')})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
