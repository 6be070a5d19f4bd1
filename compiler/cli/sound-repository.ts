import type { Context } from './context.ts';
import type { CheckedRepository } from './check-repository.ts';
import { exits } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { repositoryOf } from './workspace.ts';

/**
 * The checked spec for commands that need a sound one. With errors the problems are shown and the exit code of `check` is
 * given instead.
 */
export async function soundRepository(context: Context): Promise<CheckedRepository | ExitCode> {
  const root = repositoryOf(context);
  const { checkRepository, sourceReader } = await import('./check-repository.ts');
  const checked = checkRepository(root, context.host.today());
  const { exitCodeOf } = await import('../diagnostics/order.ts');
  const code = exitCodeOf(checked.diagnostics);
  if (code === exits.ok) return checked;
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
  const { showProblems } = await import('./show-problems.ts');
  await showProblems('text', { diagnostics: errors, sourceOf: sourceReader(checked), strict: false }, context);
  return code;
}
