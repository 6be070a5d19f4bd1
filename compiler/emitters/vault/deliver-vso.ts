import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { waves } from '../../core/fleet-context.ts';
import { VAULT_CONNECTION, namespaces } from '../../core/names.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { audienceOf } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import { goString } from './quote.ts';
import type { VaultAuth, VaultStaticSecret } from './types.ts';

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
  for (const secret of consumer.secrets) addSecret(add, consumer, secret);
}

/** Only the fields that somebody reads are taken, each under the reader's name for it. */
function addSecret(add: Add, consumer: Consumer, secret: DeliveredSecret): void {
  const { restart } = consumer;
  const templates = secret.keys.map(({ key, field, at }) => [
    key,
    { text: trace(`{{ get .Secrets ${goString(field)} }}`, at) },
  ]);
  const at = secret.keys[0]?.at;
  const place = (text: string) => (at === undefined ? text : trace(text, at));
  add(customResource<VaultStaticSecret>('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret'), {
    metadata: consumer.metadata(secret.name, waves.secrets),
    spec: {
      vaultAuthRef: consumer.account,
      type: 'kv-v2',
      mount: place(secret.engine),
      path: place(secret.path),
      refreshAfter: '60s',
      hmacSecretData: true,
      destination: {
        name: secret.name,
        create: true,
        overwrite: false,
        labels: consumer.labels,
        transformation: { excludeRaw: true, excludes: ['.*'], templates: Object.fromEntries(templates) },
      },
      ...(secret.mount === 'env' && restart !== undefined ? { rolloutRestartTargets: [restart] } : {}),
    },
  });
}
