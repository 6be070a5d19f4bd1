import { relative, resolve } from 'node:path';
import type { Context } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { printJson } from '../json.ts';
import { soundRepository } from '../sound-repository.ts';
import { UsageError } from '../usage.ts';
import { repositoryOf } from '../workspace.ts';
import { explainGenerated, explainSpec } from './explain-line.ts';
import { printGenerated, printProduced } from './print-line.ts';

/** Explains a line of a generated file, or a line or the whole of a spec file. */
export async function explainPlace(
  given: string,
  line: number | undefined,
  format: 'text' | 'json',
  context: Context,
): Promise<ExitCode> {
  const path = relative(repositoryOf(context), resolve(context.directory, given)).replaceAll('\\', '/');
  const checked = await soundRepository(context, format);
  if (typeof checked === 'number') return checked;
  const today = context.host.today();
  if (path.startsWith('generated/')) {
    if (line === undefined) throw new UsageError('name a line of the generated file', [`for example: ${given}:10`]);
    const explained = await explainGenerated(path, line, checked, today);
    if (format === 'json') printJson(explained, context.out);
    else printGenerated(explained, context.out);
  } else {
    const produced = await explainSpec(path, line, checked, today);
    if (format === 'json') printJson(produced, context.out);
    else printProduced(produced, context.out);
  }
  return exits.ok;
}
