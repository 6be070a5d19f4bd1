import type { Json, JsonObject } from '../../../spec/contract/source.ts';

/** What JSON Schemas say about one field of an input, in the few words that matter for making tasks. */
export interface FieldSchema {
  /** Types it may have; nothing when any. */
  readonly types?: ReadonlySet<string>;
  /** All values it may have. */
  readonly values?: readonly Json[];
  /** Every valid input has it. */
  readonly required: boolean;
  readonly minimum: number;
  readonly maximum: number;
}

const ANYTHING: FieldSchema = { required: false, minimum: -Infinity, maximum: Infinity };
const REFERENCES_MAX = 8;

/** What the schema of an input says about `path`; anything goes where it says nothing or says it in a way not read here. */
export function fieldSchema(schema: JsonObject | undefined, path: readonly string[]): FieldSchema {
  if (schema === undefined) return ANYTHING;
  let node: JsonObject | undefined = follow(schema, schema);
  let required = true;
  for (const name of path) {
    if (node === undefined) return ANYTHING;
    required &&= Array.isArray(node['required']) && node['required'].includes(name);
    const properties = asObject(node['properties']);
    const next = properties !== undefined && Object.hasOwn(properties, name) ? asObject(properties[name]) : undefined;
    node = next === undefined ? undefined : follow(next, schema);
  }
  return node === undefined ? { ...ANYTHING, required } : described(node, required);
}

/** What several fleets together allow: a task only has to be valid for one of them. */
export function eitherSchema(all: readonly FieldSchema[]): FieldSchema {
  const [first, ...others] = all;
  if (first === undefined) return ANYTHING;
  return others.reduce((a, b) => {
    const types = a.types && b.types ? new Set([...a.types, ...b.types]) : undefined;
    const values = a.values && b.values ? [...new Set([...a.values, ...b.values])] : undefined;
    return {
      ...(types === undefined ? {} : { types }),
      ...(values === undefined ? {} : { values }),
      required: a.required && b.required,
      minimum: Math.min(a.minimum, b.minimum),
      maximum: Math.max(a.maximum, b.maximum),
    };
  }, first);
}

function described(node: JsonObject, required: boolean): FieldSchema {
  const type = node['type'];
  const types =
    typeof type === 'string'
      ? [type]
      : Array.isArray(type)
        ? type.filter((each) => typeof each === 'string')
        : undefined;
  const values = Array.isArray(node['enum'])
    ? (node['enum'] as readonly Json[])
    : 'const' in node
      ? [node['const']]
      : undefined;
  return {
    ...(types === undefined ? {} : { types: new Set(types) }),
    ...(values === undefined ? {} : { values }),
    required,
    minimum: numberOr(node['minimum'], -Infinity),
    maximum: numberOr(node['maximum'], Infinity),
  };
}

/** The node a local `$ref` leads to. A reference that leads nowhere we can read is no restriction. */
function follow(node: JsonObject, root: JsonObject): JsonObject | undefined {
  let current: JsonObject | undefined = node;
  for (let count = 0; current !== undefined && typeof current['$ref'] === 'string'; count++) {
    if (count === REFERENCES_MAX) return undefined;
    current = resolved(current['$ref'], root);
  }
  return current;
}

function resolved(reference: string, root: JsonObject): JsonObject | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let node: JsonObject | undefined = root;
  for (const part of reference.slice(2).split('/')) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    node = node !== undefined && Object.hasOwn(node, name) ? asObject(node[name]) : undefined;
  }
  return node;
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function numberOr(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
