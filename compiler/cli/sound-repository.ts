import type { Context } from './context.ts';
import type { CheckedRepository } from './check-repository.ts';
import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { progressLine } from './progress.ts';
import { repositoryOf } from './workspace.ts';

/**
 * The checked spec for commands that need a sound one. With errors the problems are shown and the exit code of `check` is
 * given instead: as text, or as the JSON report of problems where the command was to answer in JSON.
 */
export async function soundRepository(context: Context, format: string): Promise<CheckedRepository | ExitCode> {
  const root = repositoryOf(context);
  const { checkRepository, sourceReader } = await import('./check-repository.ts');
  const progress = progressLine(context, 'checking', 'files');
  const checked = checkRepository(root, context.host.today(), { onFile: progress.show });
  progress.clear();
  const { exitCodeOf } = await import('../diagnostics/order.ts');
  const code = exitCodeOf(checked.diagnostics);
  if (code === exits.ok) return checked;
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
  const { problemFormat, showProblems } = await import('./show-problems.ts');
  const problems = { diagnostics: errors, sourceOf: sourceReader(checked), strict: false };
  await showProblems(problemFormat(format), problems, context);
  return code;
}
