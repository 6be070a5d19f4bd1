import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Add } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import type { Origin } from '../../core/origin.ts';
import { platformContext } from '../../core/platform-context.ts';
import { bootstrapText } from './bootstrap.ts';
import { addGuards, addPlatform } from './platform.ts';
import { addRoot } from './root.ts';
import { addSettings } from './settings.ts';
import { addTeam } from './team.ts';

/** What Argo CD deploys an environment with. A company that names no repository deploys in its own way. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const { repository } = environment.company;
  if (repository === undefined) return [];
  const context = platformContext(environment);
  const file = (name: string, origin: Origin, build: (add: Add) => void): Artifact => ({
    path: `argocd/${name}.yaml`,
    kind: 'manifests',
    manifests: synthesize(origin, build),
  });
  const fleets = [...environment.fleets.values()];
  const teams = [...environment.teams.values()].flatMap((team) => {
    const own = fleets.filter((fleet) => fleet.team.name === team.name);
    return own.length === 0
      ? []
      : [file(`team-${team.name}`, team.at, (add) => addTeam(add, context, team, own, repository))];
  });
  return [
    file('root', environment.at, (add) => addRoot(add, context, repository)),
    file('platform', environment.at, (add) => {
      addPlatform(add, context, repository);
      if (fleets.length > 0) addGuards(add, context, repository);
    }),
    ...teams,
    file('settings', environment.at, (add) => addSettings(add, context)),
    {
      path: 'argocd/BOOTSTRAP.md',
      kind: 'text',
      text: bootstrapText(environment, repository),
      origin: environment.at,
    },
  ];
}
