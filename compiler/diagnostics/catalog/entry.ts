import type { Severity } from '../diagnostic.ts';

/** Exit codes of the command: 1 invalid spec, 3 policy or ownership, 4 resource limit, 5 generated files out of date. */
export type ProblemExit = 1 | 3 | 4 | 5;

/**
 * One kind of problem. Its `message` is a template: `{name}` is a parameter, and the parameters a reporter must give are
 * inferred from it, so a wrong or missing one does not compile.
 */
export interface CatalogEntry {
  readonly severity: Severity;
  readonly exit: ProblemExit;
  readonly message: string;
  /** Long form for `nova-torch explain <code>` and the reference: why it is a problem and what to do. Markdown. */
  readonly explanation: string;
}

/** Keeps the literal types of a part of the catalogue. */
export function defineCatalog<const T extends Readonly<Record<`NT${number}`, CatalogEntry>>>(entries: T): T {
  return entries;
}
