import { createHash } from 'node:crypto';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { Json } from '../../spec/contract/source.ts';

/** `sha256-` and the hex SHA-256 of a value's canonical JSON. */
export function digestOf(value: Json): string {
  return `sha256-${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}
