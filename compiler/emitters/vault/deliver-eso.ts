import { createHash } from 'node:crypto';
import type { Add } from '../../cdk8s/synthesize.ts';
import { customResource } from '../../cdk8s/custom.ts';
import { waves } from '../../core/fleet-context.ts';
import { deriveName } from '../../core/names.ts';
import type { DeliveredSecret } from '../../core/secrets.ts';
import { trace } from '../../core/trace.ts';
import { audienceOf } from './consumer.ts';
import type { Consumer } from './consumer.ts';
import { renewalTime } from './lifetimes.ts';
import { goString } from './quote.ts';
import type { ExternalSecret, SecretStore } from './types.ts';

/**
 * The External Secrets Operator brings the secrets: one store for each key-value store, one for all engines that make
 * credentials, and one object for each Secret.
 */
export function deliverByEso(add: Add, consumer: Consumer): void {
  const { secrets, composed = [] } = consumer;
  const kept = secrets.filter(({ lease }) => lease === undefined);
  const engines = new Set([...kept, ...composed].map(({ engine }) => engine));
  for (const engine of [...engines].sort())
    addStore(add, consumer, storeName(consumer, engine), { path: engine, version: 'v2' });
  if (kept.length < secrets.length) addStore(add, consumer, consumer.account, { version: 'v1' });
  for (const secret of secrets) addSecret(add, consumer, secret.name, contentOf(consumer, secret));
  for (const secret of composed) {
    addSecret(add, consumer, secret.name, {
      store: storeName(consumer, secret.engine),
      data: secret.fields.map((field) => ({ secretKey: field, remoteRef: { key: secret.path, property: field } })),
      texts: secret.texts(fieldValue),
    });
  }
}

interface Content {
  readonly store: string;
  readonly data?: ExternalSecret['spec']['data'];
  readonly dataFrom?: ExternalSecret['spec']['dataFrom'];
  readonly refreshInterval?: string;
  /** What the Secret holds instead of the data, as templates. */
  readonly texts?: Readonly<Record<string, string>>;
}

/**
 * What an engine makes is read once and then taken apart: every read is a lease of its own, and the user of one does not
 * know the password of another.
 */
function contentOf(consumer: Consumer, { engine, path, keys, lease }: DeliveredSecret): Content {
  if (lease === undefined) {
    return {
      store: storeName(consumer, engine),
      data: keys.map(({ key, field, at }) => ({
        secretKey: key,
        remoteRef: { key: trace(path, at), property: trace(field, at) },
      })),
    };
  }
  const place = `${engine}/${path}`;
  return {
    store: consumer.account,
    dataFrom: [{ extract: { key: keys[0] === undefined ? place : trace(place, keys[0].at) } }],
    refreshInterval: renewalTime(lease),
    texts: Object.fromEntries(keys.map(({ key, field, at }) => [key, trace(`{{ ${fieldValue(field)} }}`, at)])),
  };
}

function fieldValue(field: string): string {
  return `index . ${goString(field)}`;
}

function addSecret(add: Add, consumer: Consumer, name: string, content: Content): void {
  const { store, data, dataFrom, refreshInterval = '1m', texts } = content;
  add(customResource<ExternalSecret>('external-secrets.io/v1', 'ExternalSecret'), {
    metadata: consumer.metadata(name, waves.secrets),
    spec: {
      refreshInterval,
      secretStoreRef: { kind: 'SecretStore', name: store },
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
      ...(data === undefined ? {} : { data }),
      ...(dataFrom === undefined ? {} : { dataFrom }),
    },
  });
}

/**
 * Without a path, `v1` reads a key as it stands. With the path of an engine that is no key-value store the operator would call
 * the store broken.
 */
function addStore(
  add: Add,
  consumer: Consumer,
  name: string,
  of: { readonly path: string; readonly version: 'v2' } | { readonly version: 'v1' },
): void {
  const { server, account, role } = consumer;
  add(customResource<SecretStore>('external-secrets.io/v1', 'SecretStore'), {
    metadata: consumer.metadata(name, waves.secrets),
    spec: {
      provider: {
        vault: {
          server: server.address,
          ...of,
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

/**
 * The account alone names the store of all engines that keep nothing. An engine whose name could be that of an object gives
 * its own; of any other a digest tells apart what looks alike without underscores and hyphens at the end.
 */
function storeName({ account }: Consumer, engine: string): string {
  if (OBJECT_NAME.test(engine)) return deriveName([account, engine]);
  const words = engine.replace(/[^a-z0-9]+/g, '-').replace(/-$/, '');
  const digest = createHash('sha256').update(engine).digest('hex').slice(0, 8);
  return deriveName([account, words, digest]);
}

/** Without `--`, which joins the parts of a name. */
const OBJECT_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
