import type { EnvironmentModel } from '../core/model.ts';
import { CLUSTER_CA, namespaces, platformSecrets } from '../core/names.ts';
import { deliveredSecrets } from '../core/secrets.ts';

/**
 * What others bring into the cluster: shared namespaces, the certificates of the API server, and in an environment that names no secrets server the Secrets of
 * its fleets and of the platform.
 */
export function externalObjects(environment: EnvironmentModel): ReadonlySet<string> {
  const external = new Set(Object.values(namespaces).map((name) => `Namespace ${name}`));
  external.add(`ConfigMap ${namespaces.system}/${CLUSTER_CA}`);
  if (environment.facts.secrets !== undefined) return external;
  external.add(`Secret ${namespaces.dragonfly}/${platformSecrets.storeAcl}`);
  external.add(`Secret ${namespaces.system}/${platformSecrets.storeLogin}`);
  for (const fleet of environment.fleets.values())
    for (const { name } of deliveredSecrets(fleet)) external.add(`Secret ${fleet.namespace}/${name}`);
  return external;
}
