import type { EnvironmentModel, FleetModel } from '../../core/model.ts';
import { trace } from '../../core/trace.ts';
import { COMPARE, asGuarded, fleetLabels } from './application.ts';
import { fleetApplication } from './names.ts';
import type { ApplicationSet, ApplicationSpec } from './types.ts';

/**
 * One application for each fleet, from a list that the compiler knows. Refused: the generator that looks for folders. It makes
 * and drops applications by what a commit happens to hold, and cannot tell a fleet's namespace from its folder.
 *
 * Where changes are promoted into, a fleet that is gone from the spec keeps its application and all its objects until somebody
 * takes them away: a spec that lost a file by mistake must not cost a team its memory.
 */
export function applicationSetSpec(
  environment: EnvironmentModel,
  fleets: readonly FleetModel[],
  spec: ApplicationSpec,
  { part, annotations }: { readonly part?: 'guards'; readonly annotations: Readonly<Record<string, string>> },
): ApplicationSet['spec'] {
  const { guarded } = environment.facts;
  return {
    goTemplate: true,
    goTemplateOptions: ['missingkey=error'],
    generators: [{ list: { elements: fleets.map((fleet) => element(fleet, part)) } }],
    syncPolicy: {
      applicationsSync: asGuarded(environment, guarded ? 'create-update' : 'sync'),
      preserveResourcesOnDeletion: asGuarded(environment, guarded),
    },
    // Whoever stops an application in an emergency is not overruled.
    ignoreApplicationDifferences: [{ jsonPointers: ['/spec/syncPolicy/automated'] }],
    template: {
      metadata: { name: '{{ .name }}', labels: fleetLabels(environment), annotations: { ...COMPARE, ...annotations } },
      spec,
    },
  };
}

function element(fleet: FleetModel, part: 'guards' | undefined): Readonly<Record<string, string>> {
  return {
    name: fleetApplication(fleet, part),
    fleet: trace(fleet.name, fleet.at),
    namespace: trace(fleet.namespace, fleet.at),
    team: fleet.team.name,
  };
}
