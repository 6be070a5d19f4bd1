import type { EnvironmentModel } from '../core/model.ts';
import { namespaces, secretName } from '../core/names.ts';

/** What others bring into the cluster: shared namespaces, and the Secrets that the secrets operator writes for fleets. */
export function externalObjects(environment: EnvironmentModel): ReadonlySet<string> {
  const external = new Set(Object.values(namespaces).map((name) => `Namespace ${name}`));
  for (const { secrets, namespace, name } of environment.fleets.values())
    if (secrets.size > 0) external.add(`Secret ${namespace}/${secretName(name)}`);
  return external;
}
