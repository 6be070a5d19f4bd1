import type { Json, JsonObject } from './source.ts';
import { sure } from './sure.ts';

/**
 * What a JSON Schema says about a value, as far as a condition needs to know. It is read with care: whatever is not
 * certain counts as anything, so that no condition is refused that could hold.
 */
export type ValueKind = 'string' | 'number' | 'boolean' | 'null' | 'list' | 'map';

export interface Shape {
  /** Kinds of JSON values it may have; anything when absent. */
  readonly kinds?: ReadonlySet<ValueKind>;
  /** The only values it may have. */
  readonly values?: readonly Json[];
  /** The schema of a list's items or a map's fields. */
  readonly schema?: Json;
}

export const ANYTHING: Shape = {};

const ALTERNATIVES = ['oneOf', 'anyOf'] as const;
/** Keywords that can add fields or kinds in ways that are not followed. */
const OPAQUE = ['allOf', 'if', 'patternProperties', '$dynamicRef', 'dependentSchemas'];
const KIND_OF_TYPE: ReadonlyMap<Json, ValueKind> = new Map<Json, ValueKind>([
  ['string', 'string'],
  ['number', 'number'],
  ['integer', 'number'],
  ['boolean', 'boolean'],
  ['null', 'null'],
  ['array', 'list'],
  ['object', 'map'],
]);

/**
 * What the schema says about the value itself. `root` is the document that `$ref` leads into. Each schema is looked at
 * once: a circle of references, or a schema that two alternatives share, counts as anything.
 */
export function shapeOf(schema: Json | undefined, root: JsonObject, seen = new Set<Json>()): Shape {
  const resolved = resolve(schema, root, seen);
  if (resolved === undefined || OPAQUE.some((keyword) => Object.hasOwn(resolved, keyword))) return ANYTHING;
  const alternatives = alternativesOf(resolved);
  if (alternatives !== undefined) return union(alternatives.map((one) => shapeOf(one, root, seen)));
  const values = 'const' in resolved ? [resolved['const']] : resolved['enum'];
  if (Array.isArray(values)) return { kinds: new Set(values.map(kindOf)), values };
  return { ...typed(resolved['type']), schema: resolved };
}

/** What the schema says about a field; or the names it has instead, when it has no such field. */
export function fieldShape(
  shape: Shape,
  name: string,
  root: JsonObject,
): Shape | { readonly names: readonly string[] } {
  const { schema, kinds } = shape;
  if (kinds !== undefined && !kinds.has('map')) return { names: [] };
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return ANYTHING;
  const { properties, additionalProperties: others } = schema as JsonObject;
  const known = isObject(properties) ? properties : {};
  if (Object.hasOwn(known, name)) return shapeOf(known[name], root);
  if (isObject(others)) return shapeOf(others, root);
  const isOpen = others !== false && Object.keys(known).length === 0;
  return others === true || isOpen ? ANYTHING : { names: Object.keys(known) };
}

/** What the schema says about the items of a list. */
export function itemShape({ schema }: Shape, root: JsonObject): Shape {
  return isObject(schema) && schema['prefixItems'] === undefined ? shapeOf(schema['items'], root) : ANYTHING;
}

export function kindOf(value: Json): ValueKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : (typeof value as 'string' | 'number' | 'boolean');
}

function resolve(schema: Json | undefined, root: JsonObject, seen: Set<Json>): JsonObject | undefined {
  let found = schema;
  while (isObject(found) && !seen.has(found)) {
    seen.add(found);
    const ref = found['$ref'];
    if (ref === undefined) return found;
    found = typeof ref === 'string' ? target(ref, root) : undefined;
  }
  return undefined;
}

/** `#/$defs/severity` inside the same document; other references are not followed. */
function target(ref: string, root: JsonObject): Json | undefined {
  if (!ref.startsWith('#/')) return ref === '#' ? root : undefined;
  let value: Json | undefined = root;
  for (const part of ref.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function alternativesOf(schema: JsonObject): readonly Json[] | undefined {
  for (const keyword of ALTERNATIVES) {
    const list = schema[keyword];
    if (Array.isArray(list)) return list;
  }
  return undefined;
}

/** Alternatives of one value. Their fields are not told apart: a map among them may have any field. */
function union(shapes: readonly Shape[]): Shape {
  if (shapes.some((shape) => shape.kinds === undefined)) return ANYTHING;
  const kinds = new Set(shapes.flatMap((shape) => [...sure(shape.kinds, 'the kinds of a shape')]));
  const areListed = shapes.every((shape) => shape.values !== undefined);
  return areListed
    ? { kinds, values: shapes.flatMap((shape) => sure(shape.values, 'the values of a shape')) }
    : { kinds };
}

function typed(type: Json | undefined): Pick<Shape, 'kinds'> {
  const types = Array.isArray(type) ? (type as readonly Json[]) : type === undefined ? [] : [type];
  const kinds = types.map((one) => KIND_OF_TYPE.get(one)).filter((kind) => kind !== undefined);
  return kinds.length === 0 || kinds.length < types.length ? {} : { kinds: new Set(kinds) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
