import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { k8s } from '../../cdk8s/k8s.ts';
import { synthesize } from '../../cdk8s/synthesize.ts';
import type { Artifact } from '../../core/artifact.ts';
import type { EnvironmentInput } from '../../core/emitter.ts';
import { waves } from '../../core/fleet-context.ts';
import { VAULT_CONNECTION, namespaces, vaultAdmin } from '../../core/names.ts';
import { platformContext } from '../../core/platform-context.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import { addAdministration } from './consumer.ts';
import { deliver } from './deliver.ts';
import { platformConsumers } from './platform-consumers.ts';
import type { VaultConnection } from './types.ts';

/** What the secrets of all consumers of an environment share. */
export function emit({ environment }: EnvironmentInput): readonly Artifact[] {
  const { secrets } = environment.facts;
  if (secrets === undefined) return [];
  const context = platformContext(environment);
  const manifests = synthesize(environment.at, (add) => {
    addAdministrator(add, context);
    if (secrets.delivery === 'vso')
      add(customResource<VaultConnection>('secrets.hashicorp.com/v1beta1', 'VaultConnection'), {
        metadata: context.metadata(namespaces.vault, VAULT_CONNECTION, waves.access),
        spec: { address: context.from(secrets.address, 'secrets', 'address'), skipTLSVerify: false },
      });
    for (const consumer of platformConsumers(context, secrets)) {
      addAdministration(add, consumer);
      deliver(add, consumer);
    }
  });
  return [{ path: 'platform/vault.yaml', kind: 'manifests', manifests }];
}

/** The identity that configures the server. Nothing runs as it: the operator asks for its tokens. */
function addAdministrator(add: Add, context: PlatformContext): void {
  add(k8s.KubeNamespace, { metadata: context.namespace(namespaces.vault) });
  add(k8s.KubeServiceAccount, {
    metadata: context.metadata(namespaces.vault, vaultAdmin.account, waves.guard),
    automountServiceAccountToken: false,
  });
}
