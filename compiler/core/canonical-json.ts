import { createHash } from 'node:crypto';
import type { Json } from '../../spec/contract/source.ts';

/** JSON without blanks, keys in code-unit order (RFC 8785): equal values give equal text. */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`;
  const map = value as { readonly [key: string]: Json };
  const keys = Object.keys(map).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(map[key] ?? null)}`).join(',')}}`;
}

/** `sha256-` and the hex SHA-256 of a value's canonical JSON. */
export function digestOf(value: Json): string {
  return `sha256-${createHash('sha256').update(canonicalJson(value)).digest('hex')}`;
}
