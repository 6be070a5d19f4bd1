import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { waves } from '../../core/fleet-context.ts';
import { deriveName } from '../../core/names.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { audienceOf } from './consumer.ts';
import type { ComposedSecret, Consumer } from './consumer.ts';
import { goString } from './quote.ts';
import type { ExternalSecret, SecretStore } from './types.ts';

/** The External Secrets Operator brings the secrets: one store for each engine, one object for each Secret. */
export function deliverByEso(add: Add, consumer: Consumer): void {
  const { secrets, composed = [] } = consumer;
  const engines = new Set([...secrets, ...composed].map(({ engine }) => engine));
  for (const engine of [...engines].sort()) addStore(add, consumer, engine);
  for (const secret of secrets) {
    addSecret(add, consumer, secret, {
      data: secret.keys.map(({ key, field, at }) => ({
        secretKey: key,
        remoteRef: { key: trace(secret.path, at), property: trace(field, at) },
      })),
    });
  }
  for (const secret of composed) {
    addSecret(add, consumer, secret, {
      data: secret.fields.map((field) => ({ secretKey: field, remoteRef: { key: secret.path, property: field } })),
      texts: secret.texts((field) => `index . ${goString(field)}`),
    });
  }
}

interface Content {
  readonly data: ExternalSecret['spec']['data'];
  /** What the Secret holds instead of the data, as templates. */
  readonly texts?: Readonly<Record<string, string>>;
}

function addSecret(
  add: Add,
  consumer: Consumer,
  { name, engine }: DeliveredSecret | ComposedSecret,
  { data, texts }: Content,
): void {
  add(customResource<ExternalSecret>('external-secrets.io/v1', 'ExternalSecret'), {
    metadata: consumer.metadata(name, waves.secrets),
    spec: {
      refreshInterval: '1m',
      secretStoreRef: { kind: 'SecretStore', name: storeName(consumer, engine) },
      target: {
        name,
        creationPolicy: 'Owner',
        deletionPolicy: 'Retain',
        template: {
          engineVersion: 'v2',
          metadata: { labels: consumer.labels },
          ...(texts === undefined ? {} : { data: texts }),
        },
      },
      data,
    },
  });
}

function addStore(add: Add, consumer: Consumer, engine: string): void {
  const { server, account, role } = consumer;
  add(customResource<SecretStore>('external-secrets.io/v1', 'SecretStore'), {
    metadata: consumer.metadata(storeName(consumer, engine), waves.secrets),
    spec: {
      provider: {
        vault: {
          server: server.address,
          path: engine,
          version: 'v2',
          auth: {
            kubernetes: {
              mountPath: server.mount,
              role,
              serviceAccountRef: { name: account, audiences: [audienceOf(consumer)] },
            },
          },
        },
      },
    },
  });
}

/** Engines may have underscores, names of objects may not; `--` stands for one, which no name of the spec holds. */
function storeName({ account }: Consumer, engine: string): string {
  return deriveName([account, engine.replaceAll('_', '--')]).replace(/-+$/, '');
}
