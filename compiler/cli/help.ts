import { wordOf } from './command.ts';
import type { Command, CommandEntry, GroupEntry, SingleEntry } from './command.ts';
import { exitMeanings, exits } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { optionSummary, optionTerm } from './option.ts';
import type { Style } from './style.ts';
import { columns, wrap } from './wrap.ts';

/** Options every command has. */
export const commonOptions: readonly (readonly [term: string, summary: string])[] = [
  ['-C, --directory <dir>', 'Work in this folder instead of the current one'],
  ['-h, --help', 'Show this help'],
];

export const WIDTH_DEFAULT = 88;

/** `nova-torch --help`. */
export function overview(commands: readonly CommandEntry[], style: Style, width: number = WIDTH_DEFAULT): string {
  return page([
    ['One typed spec for AI-agent fleets: compiled, proven as one graph, and reviewed in a pull request.'],
    [`${style.bold('Usage:')} nova-torch <command> [options]`],
    [
      style.bold('Commands:'),
      ...columns(
        commands.map(({ name, summary }) => [name, summary] as const),
        width,
      ),
    ],
    [style.bold('Options:'), ...columns([...commonOptions, ['-V, --version', 'Print the version']], width)],
    [style.bold('Exit codes:'), ...columns(rows(Object.values(exits)), width)],
    ['`nova-torch <command> --help` says more about a command, `nova-torch explain` about a problem or a field.'],
  ]);
}

/** `nova-torch <group> --help`. */
export function groupHelp(entry: GroupEntry, path: string, style: Style, width: number = WIDTH_DEFAULT): string {
  const rows = entry.commands.map(({ name, summary }) => [name, summary] as const);
  return page([
    [`${path}: ${entry.summary}`],
    [`${style.bold('Usage:')} ${path} <command> [options]`],
    [style.bold('Commands:'), ...columns(rows, width)],
    [style.bold('Options:'), ...columns(commonOptions, width)],
  ]);
}

/** `nova-torch <command> --help`. */
export function commandHelp(
  entry: SingleEntry,
  command: Command,
  path: string,
  style: Style,
  width: number = WIDTH_DEFAULT,
): string {
  const options = Object.entries(command.options).map(
    ([key, spec]) => [optionTerm(key, spec), optionSummary(spec)] as const,
  );
  const words = command.arguments.map((word) => [`<${wordOf(word)}>`, word.summary] as const);
  const examples = command.examples.map(({ line, summary }) => [line, summary] as const);
  return page([
    [`${path}: ${entry.summary}`],
    [`${style.bold('Usage:')} ${usageLine(command, path)}`],
    wrap(command.description, width),
    ...(words.length === 0 ? [] : [[style.bold('Arguments:'), ...columns(words, width)]]),
    [style.bold('Options:'), ...columns([...options, ...commonOptions], width)],
    [style.bold('Examples:'), ...examples.flatMap(([line, summary]) => [`  ${style.cyan(line)}`, `      ${summary}`])],
    [style.bold('Exit codes:'), ...columns(exitRows(command), width)],
  ]);
}

/** `nova-torch explain [options] <target>`. */
export function usageLine(command: Command, path: string): string {
  const words = command.arguments.map((word) => (word.required ? `<${wordOf(word)}>` : `[${wordOf(word)}]`));
  return [path, '[options]', ...words].join(' ');
}

/** The codes a command may end with, those of every command included. */
function exitsOf(command: Command): readonly ExitCode[] {
  const codes = new Set<ExitCode>([exits.ok, exits.usage, exits.bug, exits.disk, exits.interrupted, ...command.exits]);
  return [...codes].sort((a, b) => a - b);
}

/** Each of them with what it means. */
export function exitRows(command: Command): readonly (readonly [string, string])[] {
  return rows(exitsOf(command), command.exitMeanings);
}

function rows(codes: readonly ExitCode[], own: Command['exitMeanings'] = {}): readonly (readonly [string, string])[] {
  return codes.map((code) => [String(code), own[code] ?? exitMeanings[code]] as const);
}

function page(sections: readonly (readonly string[])[]): string {
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
