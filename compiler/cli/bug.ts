import { VERSION } from '../core/version.ts';
import type { Context } from './context.ts';
import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { printable } from './usage.ts';

/** Says that this is our mistake and how to report it. The stack is shown only to who asks for it. */
export function reportBug(context: Context, words: readonly string[], error: unknown): ExitCode {
  const { style, line } = context.err;
  const message = error instanceof Error ? error.message : String(error);
  line(`${style.bold(style.red('bug'))}: nova-torch made a mistake of its own: ${printable(message)}`);
  line('  Nothing in your files should make this happen. Please report it in the issue tracker with these lines:');
  line(`    command  ${printable(['nova-torch', ...words].join(' '))}`);
  line(`    version  ${VERSION}, node ${process.versions.node}, ${process.platform} ${process.arch}`);
  if (isSet(context.host.env['NOVA_TORCH_DEBUG'])) line(error instanceof Error ? String(error.stack) : message);
  else line('  NOVA_TORCH_DEBUG=1 shows where it happened.');
  return exits.bug;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
