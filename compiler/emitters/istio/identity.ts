import type { EnvironmentFacts, FleetModel, PeerFacts } from '../../core/model.ts';
import { namespaces, services } from '../../core/names.ts';

/** The identity that the mesh gives to the pods of a ServiceAccount, as policies name it: without `spiffe://`. */
export function principal(
  { trustDomain }: Pick<EnvironmentFacts, 'trustDomain'>,
  namespace: string,
  account: string,
): string {
  return `${trustDomain}/ns/${namespace}/sa/${account}`;
}

/** A fleet's agents run as the ServiceAccount of the fleet's name. */
export function fleetPrincipal(environment: EnvironmentFacts, fleet: FleetModel | PeerFacts): string {
  return principal(environment, fleet.namespace, fleet.name);
}

export function schedulerPrincipal(environment: EnvironmentFacts): string {
  return principal(environment, namespaces.system, services.scheduler);
}

/** The full name of a Service: short names mean another namespace to whoever reads them elsewhere. */
export function serviceHost(namespace: string, service: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}
