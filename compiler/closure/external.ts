import type { EnvironmentModel } from '../core/model.ts';
import { namespaces, platformSecrets } from '../core/names.ts';
import { prerequisites } from '../core/prerequisites.ts';
import { deliveredSecrets } from '../core/secrets.ts';

/**
 * What our objects name and others bring: what the cluster has before anything of ours is applied, each thing with its reason
 * in `prerequisites`; and in an environment that names no secrets server, the Secrets of its fleets and of the platform.
 */
export function externalObjects(environment: EnvironmentModel): ReadonlySet<string> {
  const external = new Set(prerequisites(environment).flatMap(({ objects }) => objects));
  if (environment.facts.secrets !== undefined) return external;
  external.add(`Secret ${namespaces.dragonfly}/${platformSecrets.storeAcl}`);
  external.add(`Secret ${namespaces.system}/${platformSecrets.storeLogin}`);
  for (const fleet of environment.fleets.values())
    for (const { name } of deliveredSecrets(fleet)) external.add(`Secret ${fleet.namespace}/${name}`);
  return external;
}
