import type { Json } from './source.ts';

/**
 * JSON with sorted keys and no spaces: the same data always gives the same text, whatever order it was built in. Digests
 * are taken over it. Keys are in code-unit order and numbers as JavaScript writes them, as in RFC 8785; a property that is
 * `undefined` is left out. Throws for a number JSON cannot carry.
 */
export function canonicalJson(value: Json | undefined): string {
  const odd: string[] = [];
  const copy = inOrder(value, odd);
  return odd.length === 0 ? (JSON.stringify(copy) ?? 'null') : written(value);
}

/**
 * A copy with its keys in order: V8 writes it several times as quickly as we do. It has an order of its own for keys that
 * are numbers, and another meaning for `__proto__`: these are `odd`, and then the copy is not used.
 */
function inOrder(value: Json | undefined, odd: string[]): Json | undefined {
  if (typeof value === 'number') return finite(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json) => inOrder(one, odd) as Json);
  const map = value as Readonly<Record<string, Json | undefined>>;
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

function written(value: Json | undefined): string {
  if (typeof value === 'string') return textJson(value);
  if (typeof value === 'number') return numberJson(value);
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : String(value);
  return Array.isArray(value) ? listJson(value) : mapJson(value as Readonly<Record<string, Json | undefined>>);
}

function listJson(list: readonly Json[]): string {
  let text = '[';
  for (let index = 0; index < list.length; index++) text += (index === 0 ? '' : ',') + written(list[index]);
  return `${text}]`;
}

function mapJson(map: Readonly<Record<string, Json | undefined>>): string {
  let text = '{';
  for (const key of sortedKeys(map)) {
    const value = map[key];
    if (value !== undefined) text += `${text.length === 1 ? '' : ','}${textJson(key)}:${written(value)}`;
  }
  return `${text}}`;
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
