import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { FleetInput } from '../../core/emitter.ts';
import { fleetContext } from '../../core/fleet-context.ts';
import type { FleetContext } from '../../core/fleet-context.ts';
import { guardFile } from '../../core/guards.ts';
import { deriveName, namespaces } from '../../core/names.ts';
import { deliveredSecrets } from '../../core/secrets.ts';
import { workloadKind } from '../../core/workload.ts';
import { addAdministration } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import { deliver } from './deliver.ts';

/**
 * The secrets of one fleet. What configures the server is the platform's and lies in its folder: a team's application must
 * not be able to write a policy.
 */
export function emit({ fleet }: FleetInput): readonly Artifact[] {
  const consumer = consumerOf(fleetContext(fleet));
  if (consumer === undefined) return [];
  const administration = synthesize(fleet.at, (add) => addAdministration(add, consumer));
  const delivery = synthesize(fleet.at, (add) => deliver(add, consumer));
  return [
    { path: guardFile('vault', fleet), kind: 'manifests', manifests: administration },
    { path: `teams/${fleet.id}/vault.yaml`, kind: 'manifests', manifests: delivery },
  ];
}

function consumerOf(context: FleetContext): Consumer | undefined {
  const { fleet } = context;
  const secrets = deliveredSecrets(fleet);
  const server = fleet.environment.secrets;
  if (server === undefined || secrets.length === 0) return undefined;
  return {
    server,
    account: fleet.name,
    namespace: fleet.namespace,
    role: deriveName([fleet.environment.name, fleet.namespace]),
    labels: context.labels,
    secrets,
    metadata: context.metadata,
    adminMetadata: (name, wave) => ({ ...context.metadata(name, wave), namespace: namespaces.vault }),
    restart: { kind: workloadKind(fleet), name: fleet.name },
  };
}
