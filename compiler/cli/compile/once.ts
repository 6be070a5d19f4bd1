import { compileTree } from '../../incremental/compile-tree.ts';
import type { CompiledTree } from '../../incremental/compile-tree.ts';
import { exitCodeOf } from '../../diagnostics/order.ts';
import type { Context } from '../context.ts';
import { complain, refuse } from '../context.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { showProblems } from '../show-problems.ts';
import type { Format } from '../show-problems.ts';
import { summaryTable } from './summary.ts';

export interface CompileChoices {
  readonly env: readonly string[];
  readonly check: boolean;
  readonly discardEdits: boolean;
  readonly strict: boolean;
  readonly format: Format;
}

/** Compiles a repository once, shows what came of it and gives the exit code. */
export async function compileOnce(root: string, choices: CompileChoices, context: Context): Promise<ExitCode> {
  const started = context.host.now();
  const tree = await compileTree({
    root,
    today: context.host.today(),
    stages: async () => (await import('../../stages.ts')).stages,
    mode: choices.check ? 'compare' : 'write',
    discardEdits: choices.discardEdits,
    ...(choices.env.length > 0 && { environments: choices.env }),
  });
  const unknown = choices.env.find((name) => !tree.environments.some((environment) => environment.name === name));
  const { diagnostics, sourceOf } = tree;
  await showProblems(choices.format, { diagnostics, sourceOf, strict: choices.strict }, context);
  const code = exitCodeOf(diagnostics, choices.strict);
  if (code !== exits.ok) return failed(choices, code, context);
  if (unknown !== undefined)
    return refuse(context, `there is no environment \`${unknown}\``, ['nothing was written for it']);
  if (choices.format === 'text')
    context.out.write(summaryTable(tree, context.host.now() - started, choices.check, context.out.style));
  return choices.check ? outOfDate(tree, context) : exits.ok;
}

function failed(choices: CompileChoices, code: ExitCode, context: Context): ExitCode {
  if (choices.format === 'text') context.err.line(context.err.style.dim('nothing was written'));
  return code;
}

/** Most files that are named one by one. */
const NAMED_MAX = 20;

function outOfDate({ written, removed }: CompiledTree, context: Context): ExitCode {
  const stale = [...written.map((path) => `changed  ${path}`), ...removed.map((path) => `gone     ${path}`)];
  if (stale.length === 0) return exits.ok;
  const more = stale.length > NAMED_MAX ? [`and ${stale.length - NAMED_MAX} more`] : [];
  complain(context, `${stale.length} generated files are out of date`, [
    ...stale
      .slice(0, NAMED_MAX)
      .map((line) => line.replace('  ', '  generated/').replace(/ {2,}generated/, '  generated')),
    ...more,
    'run `nova-torch compile` and commit what it writes',
  ]);
  return exits.outOfDate;
}
