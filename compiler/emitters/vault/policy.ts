import type { Lease } from '../../core/secrets.ts';
import { hclString } from './quote.ts';

/** A place on the secrets server that a consumer reads. */
export interface ReadPlace {
  readonly engine: string;
  readonly path: string;
  /** Of what the engine makes for each reader. Without one the place is a secret of the key-value store. */
  readonly lease?: Lease;
}

/**
 * The policy of one consumer: it reads exactly these secrets, sees what its own token is, as both operators do before they
 * trust it, and keeps it alive. It holds no default policy, so that must be said. Who ends leases early may do that too.
 */
export function policyText(places: readonly ReadPlace[], { revokes }: { readonly revokes: boolean }): string {
  const rules = [
    ...[...new Set(places.flatMap(readPaths))].sort().map((path) => rule(path, 'read')),
    rule('auth/token/lookup-self', 'read'),
    rule('auth/token/renew-self', 'update'),
    rule('sys/leases/renew', 'update'),
    ...(revokes ? [rule('sys/leases/revoke', 'update')] : []),
  ];
  return `${rules.join('\n')}\n`;
}

function readPaths({ engine, path, lease }: ReadPlace): readonly string[] {
  return lease === undefined ? [`${engine}/data/${path}`, `${engine}/metadata/${path}`] : [`${engine}/${path}`];
}

function rule(path: string, capability: 'read' | 'update'): string {
  return `path ${hclString(path)} { capabilities = [${hclString(capability)}] }`;
}
