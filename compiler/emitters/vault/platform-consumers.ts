import type { EnvironmentFacts } from '../../core/model.ts';
import { STORE_USER, deriveName, namespaces, platformSecrets, services } from '../../core/names.ts';
import type { PlatformContext } from '../../core/platform-context.ts';
import type { ComposedSecret, Consumer } from './consumer.ts';

/** What the platform itself reads of the secrets server. Each service sees its own secrets only. */
export function platformConsumers(
  context: PlatformContext,
  server: NonNullable<EnvironmentFacts['secrets']>,
): readonly Consumer[] {
  const [engine = '', ...rest] = server.platform.split('/');
  const place = (name: string) => ({ engine, path: [...rest, name].join('/') });
  const consumer = (namespace: string, account: string, composed: readonly ComposedSecret[]): Consumer => ({
    server,
    account,
    namespace,
    role: deriveName([context.environment.name, account]),
    labels: context.labels,
    secrets: [],
    composed,
    metadata: (name, wave) => context.metadata(namespace, name, wave),
    adminMetadata: (name, wave) => context.metadata(namespaces.vault, name, wave),
  });
  const store = place('store');
  return [
    consumer(namespaces.dragonfly, services.store, [
      {
        name: platformSecrets.storeAcl,
        ...store,
        fields: [CURRENT, PREVIOUS],
        texts: (value) => ({ acl: aclFile(value) }),
      },
    ]),
    consumer(namespaces.system, services.scheduler, [
      {
        name: platformSecrets.storeLogin,
        ...store,
        fields: [CURRENT],
        texts: (value) => ({ password: `{{ ${value(CURRENT)} }}` }),
      },
    ]),
    ...(context.environment.facts.observability === undefined ? [] : searchConsumers(place('elasticsearch'), consumer)),
  ];
}

/** Users of Elasticsearch. The one who sets it up knows the others, as a cluster of our own must. */
function searchConsumers(
  place: Pick<ComposedSecret, 'engine' | 'path'>,
  consumer: (namespace: string, account: string, composed: readonly ComposedSecret[]) => Consumer,
): readonly Consumer[] {
  const user = (name: string, username: string, roles: string): ComposedSecret => ({
    name,
    ...place,
    fields: [`${username}_password`],
    texts: (value) => ({ username, password: `{{ ${value(`${username}_password`)} }}`, roles }),
  });
  const setup = user(platformSecrets.searchSetup, 'setup', 'superuser');
  const logs = user(platformSecrets.searchLogs, 'logs', 'nova-logs-writer');
  const traces = user(platformSecrets.searchTraces, 'jaeger', 'nova-traces');
  return [
    consumer(namespaces.observability, services.searchSetup, [setup, logs]),
    consumer(namespaces.observability, services.jaeger, [traces]),
    consumer(namespaces.logs, services.logReader, [logs]),
  ];
}

/** Passwords of the scheduler's user. During a rotation both are good; otherwise the previous one is empty. */
const CURRENT = 'scheduler_current';
const PREVIOUS = 'scheduler_previous';

/**
 * The users of the store. Nobody is the default user. The scheduler runs its script, whose commands count as its own, on
 * its keys, and tells the other replicas that there is work: nothing that administers, scans or flushes.
 */
function aclFile(value: (field: string) => string): string {
  const passwords = `>{{ ${value(CURRENT)} }}{{ with ${value(PREVIOUS)} }} >{{ . }}{{ end }}`;
  const rights =
    '~{{ "{" }}n:* &nova-torch:hint -@ALL +@HASH +@SORTEDSET +@CONNECTION +EVAL +EVALSHA +EXISTS +UNLINK +PUBLISH +SUBSCRIBE +TIME';
  return `USER default OFF -@ALL\nUSER ${STORE_USER} ON ${passwords} ${rights}\n`;
}
