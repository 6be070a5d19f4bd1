import { loadAll } from 'js-yaml';
import type { Json, JsonObject } from '../../spec/contract/source.ts';
import { isList, isObject, sameJson } from './json.ts';
import { readOwnYaml, YamlShapeError } from './read-yaml.ts';

/** A value that differs. `path` is a JSON Pointer, list items with a `name` under their name. An absent side is undefined. */
export interface FieldChange {
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Objects of a file of manifests by identity: `<kind>.<group> <namespace>/<name>`. Nothing for another kind of file. */
export function objectsOf(path: string, text: string | undefined): ReadonlyMap<string, JsonObject> {
  const objects = new Map<string, JsonObject>();
  if (text === undefined || !/\.ya?ml$/.test(path)) return objects;
  for (const value of parse(text)) {
    if (isObject(value) && typeof value['kind'] === 'string') objects.set(identityOf(value), value);
  }
  return objects;
}

/** Ours are read by our own reader; an older tree, or one edited by hand, by js-yaml. */
function parse(text: string): Json[] {
  try {
    return readOwnYaml(text);
  } catch (error) {
    if (!(error instanceof YamlShapeError)) throw error;
  }
  try {
    return loadAll(text) as Json[];
  } catch {
    return [];
  }
}

function identityOf(value: JsonObject): string {
  const api = String(value['apiVersion'] ?? '');
  const group = api.includes('/') ? `.${api.slice(0, api.indexOf('/'))}` : '';
  const namespace = at(value, 'metadata', 'namespace');
  const name = String(at(value, 'metadata', 'name') ?? '');
  return `${String(value['kind'])}${group} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}

/** The value at a path of keys; undefined where there is none. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let found = value;
  for (const key of path) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

/** The items of a list; none for anything else. */
export function items(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** Every leaf that differs, in the order of the keys. */
export function fieldChanges(before: Json | undefined, after: Json | undefined, path = ''): FieldChange[] {
  if (before !== undefined && after !== undefined && sameJson(before, after)) return [];
  const left = entries(before);
  const right = entries(after);
  if (left === undefined || right === undefined) return [{ path, before, after }];
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].flatMap((key) => fieldChanges(left.get(key), right.get(key), `${path}/${escapePointer(key)}`));
}

/** Maps by key, lists of named things by name, other lists by index; nothing for a scalar. */
function entries(value: Json | undefined): ReadonlyMap<string, Json> | undefined {
  if (isObject(value)) return new Map(Object.entries(value));
  if (!isList(value)) return undefined;
  const names = value.map((item) => at(item, 'name'));
  const named = names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
  return new Map(value.map((item, index) => [named ? String(names[index]) : String(index), item]));
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
