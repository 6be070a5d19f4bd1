import type { EnvironmentModel } from './model.ts';
import type { Origin } from './origin.ts';
import { compareText } from '../../spec/contract/text.ts';

/** A ServiceAccount that submits tasks for a team. */
export interface Submitter {
  readonly namespace: string;
  readonly account: string;
  readonly at: Origin;
}

/** All that submit besides fleets, sorted by namespace and account. Each stands for one team: see the check `submitters`. */
export function submittersOf({ teams }: EnvironmentModel): readonly Submitter[] {
  const all = [...teams.values()].flatMap((team) =>
    team.submitters.map((workload, index) => {
      const [namespace = '', account = ''] = workload.split('/');
      return { namespace, account, at: team.from(['submitters', index]) };
    }),
  );
  return all.sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.account, b.account));
}
