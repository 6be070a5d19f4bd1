import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { Traced } from '../core/trace.ts';
import type { TracedPlace } from './synthesize.ts';

/**
 * The JSON Pointer of a value that stood at `key` in the props of an object; nothing when it is not in the object any more.
 * Three things differ between props and object: metadata is resolved by itself, quantities stand one level deeper, and
 * initialisms are spelt otherwise (`clusterIp`, `clusterIP`).
 */
export function pointerTo(value: JsonObject, key: readonly string[]): string | undefined {
  return walk(value, key) ?? walk(value, ['metadata', ...key]);
}

function walk(value: JsonObject, key: readonly string[]): string | undefined {
  let current: Json | undefined = value;
  let pointer = '';
  for (const [index, step] of key.entries()) {
    const isLast = index === key.length - 1;
    if (typeof current !== 'object' || current === null) return isLast && step === 'value' ? pointer : undefined;
    const found: string | undefined = Object.hasOwn(current, step) ? step : otherSpelling(current, step);
    if (found === undefined) return undefined;
    current = (current as JsonObject)[found];
    pointer += `/${escapeKey(found)}`;
  }
  return pointer;
}

function otherSpelling(value: object, step: string): string | undefined {
  const lower = step.toLowerCase();
  return Object.keys(value).find((key) => key.toLowerCase() === lower);
}

/** A key as it stands in a JSON Pointer. */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Adds a field that the props could not say. A traced value is unwrapped and its place remembered. */
export function addField(value: JsonObject, pointer: string, field: Json, places: TracedPlace[]): void {
  const keys = pointer.slice(1).split('/');
  const last = keys.pop() ?? '';
  let parent = value as Record<string, Json>;
  for (const key of keys) parent = (parent[key] ??= {}) as Record<string, Json>;
  const traced: unknown = field;
  if (traced instanceof Traced) {
    places.push({ key: [...keys, last], origin: traced.origin });
    parent[last] = traced.raw;
  } else parent[last] = field;
}
