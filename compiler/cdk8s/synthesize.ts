import type { Json, JsonObject } from '../../spec/contract/source.ts';
import type { Manifest } from '../core/artifact.ts';
import type { Origin } from '../core/origin.ts';
import { Traced } from '../core/trace.ts';
import { byApplyOrder } from './order.ts';
import { sure } from '../../spec/contract/sure.ts';

/** A typed Kubernetes object of cdk8s-plus-27: it knows how to write its props down. */
export interface ObjectClass<Props> {
  manifest(props: Props): unknown;
}

/** Fields that the typed props cannot say because they are younger than them: JSON Pointer -> value. */
export type YoungFields = Readonly<Record<string, Json>>;

/** Adds an object to the unit. */
export type Add = <Props>(kind: ObjectClass<Props>, props: Props, young?: YoungFields) => void;

/**
 * Turns one unit's typed props into manifests, with the place in the spec of every traced value.
 *
 * The linear way: each object is written by its own class and walked once. Refused: constructs in an App with
 * `app.synth()`, which walks, validates and resolves the whole App once for each chart, so that its cost grows with the
 * square of the units; and `toJson()` of one App a unit, which is linear but walks every value four times.
 */
export function synthesize(origin: Origin, build: (add: Add) => void): Manifest[] {
  const manifests: Manifest[] = [];
  build((kind, props, young = {}) => {
    const written = writtenBy(kind, props);
    for (const [pointer, field] of Object.entries(young)) addField(written, pointer, field);
    const origins = new Map<string, Origin>([['', origin]]);
    manifests.push({ value: plain(written, [], origins) as JsonObject, origins });
  });
  return manifests.sort(byApplyOrder);
}

/**
 * What the class writes. Metadata of ours are plain maps of strings and stay as they are: the class would copy each map
 * once for every entry it has, which is a third of its time.
 */
function writtenBy<Props>(kind: ObjectClass<Props>, props: Props): JsonObject {
  const { metadata, ...rest } = props as Props & { readonly metadata?: unknown };
  const written = kind.manifest(rest as Props) as JsonObject;
  return metadata === undefined ? written : { ...written, metadata: metadata as JsonObject };
}

/** Keys that identify come first, the others follow by name: one order, whatever order they were given in. */
const FIRST: readonly string[] = ['apiVersion', 'kind', 'metadata', 'name'];

/** A copy without traces and without what has no value. Where a trace stood is remembered by its JSON Pointer. */
function plain(value: unknown, path: string[], origins: Map<string, Origin>): Json | undefined {
  if (typeof value !== 'object' || value === null) return value as Json | undefined;
  if (value instanceof Traced) {
    origins.set(pointerOf(path), value.origin);
    return value.raw;
  }
  return Array.isArray(value)
    ? plainList(value, path, origins)
    : plainMap(value as Readonly<Record<string, unknown>>, path, origins);
}

function plainList(list: readonly unknown[], path: string[], origins: Map<string, Origin>): Json {
  return list.map((item, index) => {
    path.push(String(index));
    const copy = plain(item, path, origins) ?? null;
    path.pop();
    return copy;
  });
}

function plainMap(map: Readonly<Record<string, unknown>>, path: string[], origins: Map<string, Origin>): Json {
  const copy: Record<string, Json> = {};
  for (const key of inOrder(Object.keys(map))) {
    const value = map[key];
    if (value === undefined) continue;
    path.push(key);
    const item = plain(value, path, origins);
    path.pop();
    if (item !== undefined) copy[key] = item;
  }
  return copy;
}

function inOrder(keys: string[]): readonly string[] {
  if (keys.length < 2) return keys;
  keys.sort();
  const first = FIRST.filter((key) => keys.includes(key));
  return first.length === 0 ? keys : [...first, ...keys.filter((key) => !first.includes(key))];
}

function pointerOf(path: readonly string[]): string {
  let pointer = '';
  for (const key of path) {
    const isPlain = !key.includes('/') && !key.includes('~');
    pointer += `/${isPlain ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return pointer;
}

/** Adds a field that the props could not say. Its parents exist or are made. */
function addField(value: JsonObject, pointer: string, field: Json): void {
  const keys = pointer.slice(1).split('/');
  const last = sure(keys.pop(), 'the last key of a pointer');
  let parent = value as Record<string, Json>;
  for (const key of keys) parent = (parent[key] ??= {}) as Record<string, Json>;
  parent[last] = field;
}
