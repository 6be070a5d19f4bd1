import type { EnvironmentModel } from './model.ts';
import { routingTableText } from './routing-table.ts';

/**
 * Most bytes of the table in one ConfigMap. The API server takes 1 MiB, but a client-side apply copies the object into an
 * annotation, and those hold 256 KiB.
 */
export const PART_BYTES = 192 * 1024;
/** Most ConfigMaps: 12 MiB, or some 10,000 fleets. */
export const PARTS_MAX = 64;

/**
 * The routing table as text, cut into what one ConfigMap holds. Whoever makes the ConfigMaps and whoever mounts them must
 * agree on how many there are.
 */
export function routingTableParts(environment: EnvironmentModel): readonly string[] {
  const known = partsOf.get(environment);
  if (known !== undefined) return known;
  const text = ascii(routingTableText(environment));
  const count = Math.ceil(text.length / PART_BYTES);
  const parts = Array.from({ length: count }, (_, index) => text.slice(index * PART_BYTES, (index + 1) * PART_BYTES));
  partsOf.set(environment, parts);
  return parts;
}

const partsOf = new WeakMap<EnvironmentModel, readonly string[]>();

/** The ConfigMap of a part, counted from 0. */
export function routingTableMap(index: number): string {
  return index === 0 ? 'routing-table' : `routing-table-${index + 1}`;
}

/** One byte for each character, so that a cut never falls inside one. */
function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
