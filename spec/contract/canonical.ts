import type { Json } from './source.ts';

/**
 * JSON with sorted keys and no spaces: the same data always gives the same text, whatever order it was built in. Digests
 * are taken over it. Keys are in code-unit order and numbers as JavaScript writes them, as in RFC 8785; a property that is
 * `undefined` is left out. Throws for a number JSON cannot carry.
 */
export function canonicalJson(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`JSON cannot carry ${value}`);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const map = value as Readonly<Record<string, Json | undefined>>;
  const entries = Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(map[key])}`);
  return `{${entries.join(',')}}`;
}
