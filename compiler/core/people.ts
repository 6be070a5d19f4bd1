import type { TeamFacts } from './model.ts';

/**
 * What people may do with a team's fleets, in the cluster and in Argo CD, and who they are there.
 *
 * Glossary
 * - viewer: sees everything of the fleets but their secrets
 * - operator: restarts agents, moves a release on or takes it back, and has the repository's state applied
 * - auditor: sees what guards the fleets, and nothing they do
 */
export interface People {
  readonly viewers: readonly string[];
  readonly operators: readonly string[];
  readonly auditors: readonly string[];
}

/** Groups as the identity provider of the clusters names them: what stands before the colon says where they are kept. */
const groups = {
  owner: (team: string) => `github:${team}`,
  oncall: (rota: string) => `oncall:${rota}`,
  auditors: 'nova-torch:auditors',
} as const;

/**
 * Groups of a team's people. Where changes are promoted into only those on call operate, because a change there comes through
 * the repository; a team without a rota operates itself.
 */
export function peopleOf({ owners, oncall }: TeamFacts, { guarded }: { readonly guarded: boolean }): People {
  const owning = owners.map(groups.owner);
  const called = oncall === undefined ? [] : [groups.oncall(oncall)];
  return {
    viewers: [...owning, ...called],
    operators: guarded && called.length > 0 ? called : [...owning, ...called],
    auditors: [groups.auditors],
  };
}
