import { compileTree } from '../../incremental/compile-tree.ts';
import type { CompiledTree } from '../../incremental/compile-tree.ts';
import { exitCodeOf } from '../../diagnostics/order.ts';
import type { Context } from '../context.ts';
import { unknownEnvironment } from '../environment-of.ts';
import { exits } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { isInterrupted, pauseFor, Stopped, turn } from '../pause.ts';
import { progressLine } from '../progress.ts';
import { showProblems } from '../show-problems.ts';
import type { Format } from '../show-problems.ts';
import { stateFolderOf } from '../state-folder.ts';
import { summaryTable } from './summary.ts';

export interface CompileChoices {
  readonly env: readonly string[];
  readonly check: boolean;
  readonly discardEdits: boolean;
  readonly workers: number;
  readonly strict: boolean;
  readonly format: Format;
}

/** Compiles a repository once, shows what came of it and gives the exit code. */
export async function compileOnce(root: string, choices: CompileChoices, context: Context): Promise<ExitCode> {
  const started = context.host.now();
  const progress = progressLine(context, 'compiling', 'fleets');
  const stateFolder = stateFolderOf(context.host.env);
  const tree = await unlessStopped(
    compileTree({
      root,
      today: context.host.today(),
      ...(stateFolder !== undefined && { stateFolder }),
      stages: async () => (await import('../../stages.ts')).stages,
      mode: choices.check ? 'compare' : 'write',
      discardEdits: choices.discardEdits,
      strict: choices.strict,
      workers: choices.workers,
      onUnit: progress.show,
      pause: pauseFor(context.host),
      ...(choices.env.length > 0 && { environments: choices.env }),
    }),
  );
  progress.clear();
  await turn();
  if (tree === undefined || isInterrupted(context.host))
    return stopped(!choices.check && (tree?.written.length ?? 0) + (tree?.removed.length ?? 0) > 0, context);
  const { diagnostics, sourceOf, unknown } = tree;
  const { strict } = choices;
  await showProblems(choices.format, { diagnostics, sourceOf, strict, more: outcomeOf(tree) }, context);
  const code = exitCodeOf(diagnostics, choices.strict);
  if (code !== exits.ok) return failed(choices, code, context);
  if (unknown !== undefined) throw unknownEnvironment(unknown.name, unknown.names);
  if (choices.format === 'text') context.out.write(summaryTable(tree, context.host.now() - started, context.out.style));
  return exits.ok;
}

/** Nothing when the person asked to stop while nothing was written yet. */
async function unlessStopped(compiling: Promise<CompiledTree>): Promise<CompiledTree | undefined> {
  try {
    return await compiling;
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    throw error;
  }
}

/** Whoever stops a compile wants to know what is in the folder now. */
function stopped(isWritten: boolean, { err }: Context): ExitCode {
  err.line(`interrupted, ${isWritten ? 'when the whole new tree was written' : 'and nothing was written'}`);
  return exits.interrupted;
}

/** What programs are told besides problems: paths are below `generated/`; nothing of a tree that was refused. */
function outcomeOf({ environments, written, removed, unchanged }: CompiledTree): object {
  return { environments, written, removed, unchanged };
}

function failed(choices: CompileChoices, code: ExitCode, context: Context): ExitCode {
  if (choices.format === 'text') context.err.line(context.err.style.dim('nothing was written'));
  return code;
}
