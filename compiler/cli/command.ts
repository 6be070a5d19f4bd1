import type { ExitCode } from './exit.ts';
import type { Context } from './context.ts';
import type { Completion, OptionSpecs, OptionValues } from './option.ts';

/** A word after the command's name. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly required: boolean;
  /** Of the last one: there may be several. */
  readonly several?: true;
  readonly complete?: Completion;
}

/** `config`, or `agents...` where there may be several. */
export function wordOf({ name, several }: ArgumentSpec): string {
  return several === true ? `${name}...` : name;
}

/** A line to try, and what it does. */
export interface Example {
  readonly line: string;
  readonly summary: string;
}

/** What the parser hands to a command. */
export interface Invocation<Specs extends OptionSpecs> {
  /** In order; optional ones that were not given are absent. */
  readonly arguments: readonly string[];
  readonly options: OptionValues<Specs>;
  readonly context: Context;
}

/**
 * The seam of the command line: one file per command. Everything a person reads about it (help, completion, reference)
 * comes from these fields. Its module is loaded only when the command runs or its help is asked for, and loads what it
 * needs itself.
 */
export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  /** A paragraph or two below the usage line. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: Specs;
  readonly examples: readonly [Example, ...Example[]];
  /** The exit codes a script may meet, besides 2, 70, 74 and 130, which every command has. */
  readonly exits: readonly ExitCode[];
  /** What a code means here, where that is not what it means for a spec. */
  readonly exitMeanings?: Readonly<Partial<Record<ExitCode, string>>>;
  /** It runs until it is asked to stop: that is its good end, not an interruption. */
  readonly endsWhenAsked?: true;
  readonly run: (invocation: Invocation<Specs>) => Promise<ExitCode>;
}

/** Where a command is found: its name, a few words for the list of commands, and the door to its module. */
export interface SingleEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
  readonly commands?: never;
}

/** A name that several commands share. It does nothing by itself. */
export interface GroupEntry {
  readonly name: string;
  readonly summary: string;
  readonly load?: never;
  readonly commands: readonly CommandEntry[];
}

export type CommandEntry = SingleEntry | GroupEntry;

/** Keeps the types of the options. */
export function defineCommand<const Specs extends OptionSpecs>(command: Command<Specs>): Command {
  return command as unknown as Command;
}
