import type { Identity, Role } from './identity.ts';
import type { Operation } from './operation.ts';
import { ProblemError } from './problems.ts';

/** Refuses who has none of the roles that an operation names. */
export function mayAsk({ id, roles }: Operation, who: Identity): void {
  if (roles.some((role) => who.roles.has(role))) return;
  throw new ProblemError('forbidden', { detail: `${id} is for ${roles.join(', ')}` });
}

const SEE_ALL: readonly Role[] = ['operator', 'auditor'];

/**
 * Whether somebody who asks for this may reach everybody's things. The role must be one that the operation names: an auditor who
 * is also a submitter reads all tasks, and changes those of the own team.
 */
export function reachesAll({ roles }: Operation, who: Identity): boolean {
  return SEE_ALL.some((role) => roles.includes(role) && who.roles.has(role));
}
