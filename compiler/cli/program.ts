import { Command as Parser, CommanderError, Option } from 'commander';
import { wordOf } from './command.ts';
import type { Command, CommandEntry } from './command.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { longFlag, optionTerm } from './option.ts';
import type { OptionSpec, OptionSpecs } from './option.ts';
import { meant, reword, UsageError, WordError } from './usage.ts';
import { sure } from '../../spec/contract/sure.ts';

/** What a line of words turned out to ask for. */
export type Request =
  | { readonly ask: 'help'; readonly path: readonly string[] }
  | { readonly ask: 'version' }
  | { readonly ask: 'run'; readonly directory?: string; readonly arguments: string[]; readonly options: Values };

type Values = Readonly<Record<string, unknown>>;

/**
 * Parses the words after the command's name against what the command declares. Throws WordError for what it does not
 * understand. Commander does the reading; the words people see are ours.
 */
export function parse(command: Command, words: readonly string[], path: readonly string[]): Request {
  const parser = new Parser(path.at(-1)).exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  parser.helpOption(false).addOption(new Option('-h, --help')).addOption(new Option('-V, --version'));
  parser.option('-C, --directory <dir>');
  for (const word of command.arguments) parser.argument(word.required ? `<${wordOf(word)}>` : `[${wordOf(word)}]`);
  for (const [key, spec] of Object.entries(command.options)) parser.addOption(declare(key, spec));
  if (words.some((word) => word === '--help' || word === '-h')) return { ask: 'help', path };
  try {
    parser.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw reword(error.message);
    throw error;
  }
  const { directory, version, ...options } = parser.opts<{ directory?: string; version?: boolean }>();
  if (version === true) return { ask: 'version' };
  return {
    ask: 'run',
    arguments: parser.args,
    options: withFallbacks(command.options, options),
    ...(directory === undefined ? {} : { directory }),
  };
}

/** Splits the words into those that name a command and the rest; `-C dir` may stand before the name. */
export function split(words: readonly string[]): {
  readonly names: string[];
  readonly before: string[];
  readonly rest: string[];
} {
  const before: string[] = [];
  let index = 0;
  for (; index < words.length; index++) {
    const word = sure(words[index], 'a word');
    if (!word.startsWith('-')) break;
    before.push(word);
    if ((word === '-C' || word === '--directory') && index + 1 < words.length)
      before.push(sure(words[++index], 'the folder'));
  }
  const rest = words.slice(index);
  const end = rest.findIndex((word) => word.startsWith('-'));
  return { names: end < 0 ? rest : rest.slice(0, end), before, rest };
}

/** The complaint about a name that is no command of the group at `path`. */
export function unknownCommand(word: string, among: readonly CommandEntry[], path: readonly string[]): UsageError {
  const names = among.map(({ name }) => name);
  const help = `see: ${['nova-torch', ...path].join(' ')} --help`;
  return new UsageError(`unknown command \`${word}\``, [...meant(nearest(word, names)), help]);
}

function declare(key: string, spec: OptionSpec<unknown>): Option {
  const option = new Option(optionTerm(key, spec));
  if (spec.kind === 'many')
    return option.argParser((value: string, before: readonly string[] = []) => append(key, before, value));
  if (spec.kind === 'choice') return option.argParser((value: string) => oneOf(key, spec, value));
  if (spec.kind === 'integer') return option.argParser((value: string) => whole(key, spec, value));
  return option;
}

/** What is there and holds nothing is a variable that was not set: taken for nothing said, it would mean all instead of one. */
function append(key: string, before: readonly string[], value: string): readonly string[] {
  const parts = value.split(',').filter((part) => part !== '');
  if (parts.length === 0) throw new WordError(`\`${longFlag(key)}\` holds nothing`);
  return [...new Set([...before, ...parts])];
}

function oneOf(key: string, spec: OptionSpec<unknown>, value: string): string {
  const choices = sure(spec.choices, 'the choices of an option');
  if (choices.includes(value)) return value;
  throw new WordError(`\`${longFlag(key)}\` does not take \`${value}\``, [
    ...meant(nearest(value, choices)),
    `it takes ${choices.join(', ')}`,
  ]);
}

function whole(key: string, spec: OptionSpec<unknown>, value: string): number {
  const [min, max] = sure(spec.bounds, 'the bounds of an option');
  const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new WordError(`\`${longFlag(key)}\` does not take \`${value}\``, [
    `it takes a whole number from ${min} to ${max}`,
  ]);
}

function withFallbacks(specs: OptionSpecs, given: Values): Values {
  return Object.fromEntries(Object.entries(specs).map(([key, spec]) => [key, given[key] ?? spec.fallback]));
}
