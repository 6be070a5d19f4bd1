import { createHash } from 'node:crypto';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { Json } from '../../spec/contract/source.ts';

/** `sha256-` and the hex SHA-256 of a value's canonical JSON. */
export function digestOf(value: Json): string {
  return digestOfText(canonicalJson(value));
}

/** The same of a value that was written already. */
export function digestOfText(canonical: string): string {
  return `sha256-${createHash('sha256').update(canonical).digest('hex')}`;
}
