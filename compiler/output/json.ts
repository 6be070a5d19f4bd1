import type { Json, JsonObject } from '../../spec/contract/source.ts';

/** Whether two values are the same JSON: keys in any order, -0 as 0, `undefined` never. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return a !== undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameList(a, b);
  return sameObject(a, b);
}

function sameList(a: readonly Json[], b: readonly Json[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!sameJson(a[index] as Json, b[index] as Json)) return false;
  }
  return true;
}

function sameObject(a: JsonObject, b: JsonObject): boolean {
  let left = 0;
  for (const key in b) {
    if (b[key] === undefined) return false;
    left++;
  }
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !sameJson(a[key] as Json, b[key] as Json)) return false;
    left--;
  }
  return left === 0;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
