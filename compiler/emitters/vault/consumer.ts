import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { waves } from '../../core/fleet-context.ts';
import type { Metadata } from '../../core/fleet-context.ts';
import type { EnvironmentFacts } from '../../core/model.ts';
import { vaultAdmin } from '../../core/names.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { tokenFields } from './lifetimes.ts';
import { policyText } from './policy.ts';
import type { KubernetesAuthEngineRole, Policy } from './types.ts';

/** Who reads secrets: one ServiceAccount in one namespace. Fleets are, and so is what the platform runs. */
export interface Consumer {
  readonly server: NonNullable<EnvironmentFacts['secrets']>;
  readonly account: string;
  readonly namespace: string;
  /** Its policy and its role on the server. */
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly secrets: readonly DeliveredSecret[];
  readonly composed?: readonly ComposedSecret[];
  /** Metadata of an object in its namespace. */
  readonly metadata: (name: string, wave: number) => Metadata;
  /** Metadata of an object that configures the server. */
  readonly adminMetadata: (name: string, wave: number) => Metadata;
  /** What is restarted when a secret that it holds in a variable changes. */
  readonly restart?: { readonly kind: string; readonly name: string };
}

/** A Secret whose texts are put together from fields of one place. */
export interface ComposedSecret {
  readonly name: string;
  readonly engine: string;
  readonly path: string;
  readonly fields: readonly string[];
  /** Go templates by key; `value` gives the expression for a field. */
  readonly texts: (value: (field: string) => string) => Readonly<Record<string, string>>;
}

/** A token is asked for this server and no other: both ends name it. */
export function audienceOf({ server }: Consumer): string {
  return server.engine;
}

/** The server's side: what the consumer may read, and that only its ServiceAccount in its namespace may. */
export function addAdministration(add: Add, consumer: Consumer): void {
  const { server, role, secrets } = consumer;
  const revokes = server.delivery === 'vso' && secrets.some(({ lease }) => lease !== undefined);
  const administration = {
    authentication: { path: server.mount, role: vaultAdmin.role, serviceAccount: { name: vaultAdmin.account } },
    connection: { address: server.address },
  };
  add(customResource<Policy>('redhatcop.redhat.io/v1alpha1', 'Policy'), {
    metadata: consumer.adminMetadata(role, waves.secretPolicy),
    spec: {
      ...administration,
      type: 'acl',
      policy: policyText([...secrets, ...(consumer.composed ?? [])], { revokes }),
    },
  });
  add(customResource<KubernetesAuthEngineRole>('redhatcop.redhat.io/v1alpha1', 'KubernetesAuthEngineRole'), {
    metadata: consumer.adminMetadata(role, waves.secretRole),
    spec: {
      ...administration,
      path: server.mount,
      targetServiceAccounts: [consumer.account],
      targetNamespaces: { targetNamespaces: [consumer.namespace] },
      audience: audienceOf(consumer),
      aliasNameSource: 'serviceaccount_uid',
      policies: [role],
      tokenNoDefaultPolicy: true,
      ...tokenFields(consumer),
    },
  });
}
