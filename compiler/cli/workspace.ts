import { findRepository, isFolder } from '../load/read-workspace.ts';
import type { Context } from './context.ts';
import { UsageError } from './usage.ts';

/** The repository the command works in. Throws UsageError where there is none. */
export function repositoryOf(context: Context): string {
  if (!isFolder(context.directory)) throw new UsageError(`there is no folder \`${context.directory}\``);
  const root = findRepository(context.directory);
  if (root !== undefined) return root;
  throw new UsageError(`there is no spec in \`${context.directory}\` or above`, [
    'a repository has its spec in `spec/`, beginning with `spec/company.yaml`',
    'nova-torch init makes one',
  ]);
}
