import type { SchemaNode, SchemaPool } from '../../compiler/verify/schema/node.ts';
import type { Json, JsonObject } from '../../spec/contract/source.ts';

/**
 * Every way to break one field of an object: its key gets another name, or its value another type. Keys that the author of a
 * manifest invents (labels, data of a ConfigMap) are no fields: no schema can know them.
 *
 * Glossary
 * - field: a key that the schema of its object names
 * - place: the way to a field, as a JSON Pointer
 */
export interface Mutant {
  readonly place: string;
  readonly change: 'renamed' | 'retyped';
  /** The whole object, broken. */
  readonly value: JsonObject;
}

export function* mutantsOf(object: JsonObject, pool: SchemaPool): Generator<Mutant> {
  const root = pool.kinds[`${String(object['apiVersion'])}/${String(object['kind'])}`];
  if (root === undefined) throw new Error(`no schema of ${String(object['apiVersion'])} ${String(object['kind'])}`);
  for (const steps of fieldsOf(object, [root], pool)) {
    const place = `/${steps.join('/')}`;
    yield { place, change: 'renamed', value: changed(object, steps, renamed) };
    yield { place, change: 'retyped', value: changed(object, steps, retyped) };
  }
}

type Steps = readonly (string | number)[];

/** The ways to all fields of a value. `nodes` are the schemas that speak of it. */
function* fieldsOf(value: Json, nodes: readonly number[], pool: SchemaPool, at: Steps = []): Generator<Steps> {
  const schemas = nodes.flatMap((node) => partsOf(node, pool));
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => schema.items ?? []);
    for (const [index, item] of value.entries()) yield* fieldsOf(item, items, pool, [...at, index]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      const named = schemas.flatMap(({ props = {} }) => (Object.hasOwn(props, key) ? (props[key] ?? []) : []));
      const mapped = schemas.flatMap(({ map }) => map ?? []);
      if (named.length > 0) yield [...at, key];
      yield* fieldsOf(inner, named.length > 0 ? named : mapped, pool, [...at, key]);
    }
  }
}

/** A schema and all that is combined in it. */
function partsOf(at: number, pool: SchemaPool): readonly SchemaNode[] {
  const node = pool.nodes[at];
  if (node === undefined) return [];
  const combined = [...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return [node, ...combined.flatMap((part) => partsOf(part, pool))];
}

type Edit = (parent: Record<string, Json>, key: string) => void;

function renamed(parent: Record<string, Json>, key: string): void {
  parent[`${key}X`] = parent[key] ?? null;
  delete parent[key];
}

function retyped(parent: Record<string, Json>, key: string): void {
  parent[key] = other(parent[key] ?? null);
}

/** A value of another type, and never of the one that would be read alike. */
function other(value: Json): Json {
  if (typeof value === 'string') return true;
  if (typeof value === 'number' || typeof value === 'boolean') return 'x';
  return Array.isArray(value) ? {} : [];
}

function changed(object: JsonObject, steps: Steps, edit: Edit): JsonObject {
  const copy = structuredClone(object) as Record<string, Json>;
  let parent: Json = copy;
  for (const step of steps.slice(0, -1)) parent = (parent as Record<string, Json>)[step] ?? null;
  edit(parent as Record<string, Json>, String(steps.at(-1)));
  return copy;
}
