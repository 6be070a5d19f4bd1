import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { waves } from '../../core/fleet-context.ts';
import { VAULT_CONNECTION, namespaces } from '../../core/names.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { audienceOf } from './consumer.ts';
import type { ComposedSecret, Consumer } from './consumer.ts';
import { RENEWAL_PERCENT, leaseTime } from './lifetimes.ts';
import { goString } from './quote.ts';
import type { VaultAuth, VaultDynamicSecret, VaultSecret, VaultStaticSecret } from './types.ts';

/** The Vault Secrets Operator brings the secrets: one object for each Secret, and one that says who asks. */
export function deliverByVso(add: Add, consumer: Consumer): void {
  const { server, account, role } = consumer;
  add(customResource<VaultAuth>('secrets.hashicorp.com/v1beta1', 'VaultAuth'), {
    metadata: consumer.metadata(account, waves.secrets),
    spec: {
      vaultConnectionRef: `${namespaces.vault}/${VAULT_CONNECTION}`,
      method: 'kubernetes',
      mount: server.mount,
      kubernetes: {
        role,
        serviceAccount: account,
        audiences: [audienceOf(consumer)],
        tokenExpirationSeconds: 600,
      },
    },
  });
  for (const secret of consumer.secrets) addSecret(add, consumer, secret, templatesOf(secret));
  for (const secret of consumer.composed ?? []) {
    const texts = secret.texts((field) => `get .Secrets ${goString(field)}`);
    addSecret(add, consumer, secret, mapped(texts));
  }
}

/** Only the fields that somebody reads are taken, each under the reader's name for it. */
function templatesOf({ keys }: DeliveredSecret): Templates {
  return Object.fromEntries(
    keys.map(({ key, field, at }) => [key, { text: trace(`{{ get .Secrets ${goString(field)} }}`, at) }]),
  );
}

function mapped(texts: Readonly<Record<string, string>>): Templates {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, { text }]));
}

type Templates = Readonly<Record<string, { readonly text: string }>>;

function addSecret(add: Add, consumer: Consumer, secret: DeliveredSecret | ComposedSecret, templates: Templates): void {
  const metadata = consumer.metadata(secret.name, waves.secrets);
  const lease = 'lease' in secret ? secret.lease : undefined;
  if (lease === undefined) {
    add(customResource<VaultStaticSecret>('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret'), {
      metadata,
      spec: {
        ...common(consumer, secret, templates),
        type: 'kv-v2',
        refreshAfter: '60s',
        hmacSecretData: true,
      },
    });
    return;
  }
  add(customResource<VaultDynamicSecret>('secrets.hashicorp.com/v1beta1', 'VaultDynamicSecret'), {
    metadata,
    spec: {
      ...common(consumer, secret, templates),
      renewalPercent: RENEWAL_PERCENT,
      // Only where the server does not say how long a lease is.
      refreshAfter: leaseTime(lease),
      revoke: true,
    },
  });
}

function common(
  consumer: Consumer,
  secret: DeliveredSecret | ComposedSecret,
  templates: Templates,
): Omit<VaultSecret, 'refreshAfter'> {
  const { restart } = consumer;
  const at = 'keys' in secret ? secret.keys[0]?.at : undefined;
  const place = (text: string) => (at === undefined ? text : trace(text, at));
  const restarts = 'mount' in secret && secret.mount === 'env' && restart !== undefined;
  return {
    vaultAuthRef: consumer.account,
    mount: place(secret.engine),
    path: place(secret.path),
    destination: {
      name: secret.name,
      create: true,
      overwrite: false,
      labels: consumer.labels,
      transformation: { excludeRaw: true, excludes: ['.*'], templates },
    },
    ...(restarts ? { rolloutRestartTargets: [restartTarget(restart)] } : {}),
  };
}

/** The operator has a name of its own for the one kind that is not of Kubernetes. */
function restartTarget({ kind, name }: NonNullable<Consumer['restart']>) {
  return { kind: kind === 'Rollout' ? 'argo.Rollout' : kind, name };
}
