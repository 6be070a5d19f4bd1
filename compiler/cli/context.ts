import type { Host, Sink } from './host.ts';
import { styleFor } from './style.ts';
import type { Style } from './style.ts';
import { printable } from './usage.ts';
import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';

/** What a command works with: where it is, and how it speaks. */
export interface Context {
  readonly host: Host;
  /** Absolute path of the folder it works in (`-C`). */
  readonly directory: string;
  /** The command as the person wrote it, for hints: `nova-torch check`. */
  readonly name: string;
  readonly out: Voice;
  readonly err: Voice;
}

/** A stream and the markup that suits it. */
export interface Voice {
  readonly sink: Sink;
  readonly style: Style;
  /** Writes a line. */
  readonly line: (text?: string) => void;
  /** Writes text as it is. */
  readonly write: (text: string) => void;
}

export function contextFor(host: Host, directory: string, name: string): Context {
  return { host, directory, name, out: voice(host, host.stdout), err: voice(host, host.stderr) };
}

function voice(host: Host, sink: Sink): Voice {
  return {
    sink,
    style: styleFor(sink, host.env),
    write: sink.write,
    line: (text = '') => sink.write(`${text}\n`),
  };
}

/** Says on standard error why the command cannot go on. Each hint is a line of its own. */
export function complain(context: Context, message: string, hints: readonly string[] = []): void {
  const { style, line } = context.err;
  line(`${style.bold(style.red('error'))}: ${printable(message)}`);
  for (const hint of hints) line(`  ${printable(hint)}`);
}

/** A mistake in how the command was called: says so and gives its exit code. */
export function refuse(context: Context, message: string, hints: readonly string[] = []): ExitCode {
  complain(context, message, hints);
  return exits.usage;
}
