import { hclString } from './quote.ts';

/** A place on the secrets server that a consumer reads. */
export interface ReadPlace {
  readonly engine: string;
  readonly path: string;
}

/**
 * The policy of one consumer: it reads exactly these secrets, sees what its own token is, as both operators do before they
 * trust it, and keeps it alive. It holds no default policy, so the last three paths must be said.
 */
export function policyText(places: readonly ReadPlace[]): string {
  const read = places.flatMap(({ engine, path }) => [`${engine}/data/${path}`, `${engine}/metadata/${path}`]);
  const rules = [
    ...[...new Set(read)].sort().map((path) => rule(path, 'read')),
    rule('auth/token/lookup-self', 'read'),
    rule('auth/token/renew-self', 'update'),
    rule('sys/leases/renew', 'update'),
  ];
  return `${rules.join('\n')}\n`;
}

function rule(path: string, capability: 'read' | 'update'): string {
  return `path ${hclString(path)} { capabilities = [${hclString(capability)}] }`;
}
