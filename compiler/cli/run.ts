import { isAbsolute, resolve } from 'node:path';
import { VERSION } from '../core/version.ts';
import { reportBug } from './bug.ts';
import { commands, findCommand } from './commands.ts';
import { contextFor, refuse } from './context.ts';
import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';
import type { Host } from './host.ts';
import { isInterrupted, isUnread } from './pause.ts';
import { systemProblem } from './system-problem.ts';
import { UsageError, WordError } from './usage.ts';
import { sure } from '../../spec/contract/sure.ts';

/** Help and complaints are said wherever one is. */
const NO_FOLDER = '/';

/**
 * Runs one line of words and gives the exit code. Every end of the process goes through here: a mistake in the call is 2,
 * an interruption 130, and whatever else is thrown is a bug of ours: 70.
 */
export async function run(words: readonly string[], host: Host): Promise<ExitCode> {
  const context = contextFor(host, NO_FOLDER, 'nova-torch');
  try {
    return await dispatch(words, host);
  } catch (error) {
    if (isInterrupted(host)) return exits.interrupted;
    if (isUnread(host, error)) return exits.ok;
    if (error instanceof UsageError) return refuse(context, error.message, error.hints);
    const problem = systemProblem(error);
    if (problem === undefined) return reportBug(context, words, error);
    refuse(context, problem.message, problem.hints);
    return problem.exit;
  }
}

async function dispatch(words: readonly string[], host: Host): Promise<ExitCode> {
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) return printVersion(host);
  const { parse, split, unknownCommand } = await import('./program.ts');
  const { names, before, rest } = split(words);
  const asked = names[0] === 'help' ? names.slice(1) : names;
  const { entry, path } = findCommand(asked);
  const next = asked[path.length];
  if (names.length === 0 || (names[0] === 'help' && asked.length === 0)) return general(before, names.length > 0, host);
  if (entry === undefined) throw unknownCommand(sure(next, 'the word that is no command'), commands, path);
  const wantsHelp = names[0] === 'help' || before.some(isHelp);
  if (entry.load === undefined) {
    if (next !== undefined) throw unknownCommand(next, entry.commands, path);
    return showGroup(entry.name, path, wantsHelp || rest.some(isHelp), host);
  }
  const command = await entry.load();
  if (wantsHelp) return showHelp(path, host);
  const name = ['nova-torch', ...path].join(' ');
  try {
    const request = parse(command, [...before, ...rest.slice(path.length)], path);
    if (request.ask === 'version') return printVersion(host);
    if (request.ask === 'help') return showHelp(path, host);
    const context = contextFor(host, resolveDirectory(request.directory, host), name);
    const code = await command.run({ arguments: request.arguments, options: request.options, context });
    return isInterrupted(host) && command.endsWhenAsked !== true ? exits.interrupted : code;
  } catch (error) {
    throw error instanceof WordError ? error.of(name) : error;
  }
}

/** No command: help when asked for, a complaint otherwise. */
async function general(before: readonly string[], wantsHelp: boolean, host: Host): Promise<ExitCode> {
  if (before.some((word) => word === '--version' || word === '-V')) return printVersion(host);
  if (wantsHelp || before.some(isHelp)) return showHelp([], host);
  const stray = before.find((word) => word.startsWith('-') && word !== '-C' && word !== '--directory');
  if (stray !== undefined) throw new UsageError(`unknown option \`${stray}\``, ['see: nova-torch --help']);
  const { overview } = await import('./help.ts');
  const { err } = contextFor(host, NO_FOLDER, 'nova-torch');
  err.write(overview(commands, err.style));
  return exits.usage;
}

async function showHelp(path: readonly string[], host: Host): Promise<ExitCode> {
  const { helpOf } = await import('./help-of.ts');
  const { out } = contextFor(host, NO_FOLDER, 'nova-torch');
  out.write(await helpOf(path, out.style));
  return exits.ok;
}

/** A group of commands does nothing by itself. */
async function showGroup(name: string, path: readonly string[], wanted: boolean, host: Host): Promise<ExitCode> {
  if (wanted) return showHelp(path, host);
  throw new UsageError(`\`${name}\` needs a command`, [`see: nova-torch ${path.join(' ')} --help`]);
}

function printVersion(host: Host): ExitCode {
  host.stdout.write(`${VERSION}\n`);
  return exits.ok;
}

function isHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function resolveDirectory(directory: string | undefined, host: Host): string {
  if (host.cwd !== undefined) return resolve(host.cwd, directory ?? '.');
  if (directory !== undefined && isAbsolute(directory)) return directory;
  throw new UsageError('the current folder does not exist any more', ['go to another one, or name one: -C <dir>']);
}
