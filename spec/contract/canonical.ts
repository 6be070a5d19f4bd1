import type { Json } from './source.ts';

/**
 * JSON with sorted keys and no spaces: the same data always gives the same text, whatever order it was built in. Digests
 * are taken over it. Keys are in code-unit order and numbers as JavaScript writes them, as in RFC 8785; a property that is
 * `undefined` is left out. Throws for a number JSON cannot carry.
 */
export function canonicalJson(value: Json | undefined): string {
  return text(value, PIECES_DEPTH);
}

/** Above this depth a text is put together from those of its parts, so that never all of a large value is there twice. */
const PIECES_DEPTH = 2;

function text(value: Json | undefined, depth: number): string {
  if (typeof value === 'object' && value !== null) {
    if (depth === 0) return writtenByV8(value);
    const part = (one: Json | undefined): string => text(one, depth - 1);
    return Array.isArray(value) ? listJson(value, part) : mapJson(value as JsonMap, part);
  }
  if (typeof value === 'string') return textJson(value);
  return typeof value === 'number' ? numberJson(value) : String(value ?? null);
}

function writtenByV8(value: Json): string {
  const odd: string[] = [];
  const copy = inOrder(value, odd);
  return odd.length === 0 ? JSON.stringify(copy) : text(value, Number.POSITIVE_INFINITY);
}

type JsonMap = Readonly<Record<string, Json | undefined>>;

/**
 * A copy with its keys in order: V8 writes it several times as quickly as we do. It has an order of its own for keys that
 * are numbers, and another meaning for `__proto__`: these are `odd`, and then the copy is not used.
 */
function inOrder(value: Json | undefined, odd: string[]): Json | undefined {
  if (typeof value === 'number') return finite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json) => inOrder(one, odd) as Json);
  const map = value as JsonMap;
  const copy: Record<string, Json | undefined> = {};
  for (const key of sortedKeys(map)) {
    if (isOdd(key)) odd.push(key);
    copy[key] = inOrder(map[key], odd);
  }
  return copy as Json;
}

function isOdd(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39 && /^[0-9]+$/.test(key)) || key === '__proto__';
}

function listJson(list: readonly Json[], part: (value: Json | undefined) => string): string {
  let json = '[';
  for (let index = 0; index < list.length; index++) json += (index === 0 ? '' : ',') + part(list[index]);
  return `${json}]`;
}

function mapJson(map: JsonMap, part: (value: Json | undefined) => string): string {
  let json = '{';
  for (const key of sortedKeys(map)) {
    const value = map[key];
    if (value !== undefined) json += `${json.length === 1 ? '' : ','}${textJson(key)}:${part(value)}`;
  }
  return `${json}}`;
}

/** Most maps were built in order: looking costs less than sorting. */
function sortedKeys(map: object): readonly string[] {
  const keys = Object.keys(map);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) return keys.sort();
  }
  return keys;
}

/** Printable ASCII without what JSON escapes. */
const PLAIN = /^[ !#-[\]-~]*$/;

function textJson(text: string): string {
  return text.length <= 100 && PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

function numberJson(value: number): string {
  return finite(value) === 0 ? '0' : String(value);
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`JSON cannot carry ${value}`);
  return value;
}
