import { hclString } from './quote.ts';

/** A place on the secrets server that a consumer reads. */
export interface ReadPlace {
  readonly engine: string;
  readonly path: string;
}

/**
 * The policy of one consumer: it reads exactly these secrets and keeps its own token alive. It holds no default policy, so
 * the last two paths must be said.
 */
export function policyText(places: readonly ReadPlace[]): string {
  const read = places.flatMap(({ engine, path }) => [`${engine}/data/${path}`, `${engine}/metadata/${path}`]);
  const rules = [
    ...[...new Set(read)].sort().map((path) => rule(path, 'read')),
    rule('auth/token/renew-self', 'update'),
    rule('sys/leases/renew', 'update'),
  ];
  return `${rules.join('\n')}\n`;
}

function rule(path: string, capability: 'read' | 'update'): string {
  return `path ${hclString(path)} { capabilities = [${hclString(capability)}] }`;
}
