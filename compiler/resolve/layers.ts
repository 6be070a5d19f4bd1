import type { JsonPath } from '../../spec/contract/source.ts';
import type { Node } from '../core/model.ts';
import { bareMap } from '../core/bare-map.ts';
import type { Locatable, Origin, Part } from '../core/origin.ts';

/**
 * A spec is put together from layers: language, company, environment, document, overlay. The nearest to the document wins:
 * maps are merged key by key, lists and values are replaced.
 */
export interface Layer {
  readonly document: Locatable;
  /** Where the layer's value stands in its document. */
  readonly base: JsonPath;
  readonly value: unknown;
  /** Where it is laid in the spec: nothing when at its root; `*` stands for any key. */
  readonly onto?: readonly string[];
}

/** The layers merged, the first one lowest. Values are shared, never changed. */
export function merge(...values: readonly unknown[]): unknown {
  let merged: unknown;
  for (const value of values) if (value !== undefined) merged = mergeTwo(merged, value);
  return merged;
}

function mergeTwo(low: unknown, high: unknown): unknown {
  if (!isMap(low) || !isMap(high)) return high;
  const both = Object.assign(bareMap(), low);
  for (const key of Object.keys(high)) both[key] = key in both ? mergeTwo(both[key], high[key]) : high[key];
  return both;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A node that finds its places in `layers`, the highest first. */
export function nodeOf(document: Locatable, layers: readonly Layer[]): Node {
  const at: Origin = { document, path: ['metadata', 'name'] };
  return { at, from: (path, part) => originIn(layers, path, part) ?? at };
}

/** Where `path` was written, in the highest layer that has it. */
function originIn(layers: readonly Layer[], path: JsonPath, part: Part | undefined): Origin | undefined {
  for (const { document, base, value, onto = [] } of layers) {
    if (!onto.every((key, index) => key === '*' || key === path[index])) continue;
    const inner = onto.length === 0 ? path : path.slice(onto.length);
    if (path.length < onto.length || !has(value, inner)) continue;
    return { document, path: [...base, ...inner], ...(part === undefined ? {} : { part }) };
  }
  return undefined;
}

function has(value: unknown, path: JsonPath): boolean {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return false;
    current = (current as Readonly<Record<string | number, unknown>>)[key];
  }
  return current !== undefined;
}
