import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import { patternProblem } from '../../../spec/contract/task-schema/pattern.ts';
import type { SchemaNode, SchemaPool, SchemaType } from '../schema/node.ts';

/**
 * The schemas with those of the kinds that CustomResourceDefinitions define. A kind that is known already stays as it is:
 * a tree cannot loosen what it is verified against.
 */
export function withDefinitions(pool: SchemaPool, objects: readonly JsonObject[]): SchemaPool {
  const reader = new DefinitionReader(pool);
  for (const object of objects) if (isDefinition(object)) reader.define(object);
  return reader.pool();
}

function isDefinition({ apiVersion, kind }: JsonObject): boolean {
  return apiVersion === 'apiextensions.k8s.io/v1' && kind === 'CustomResourceDefinition';
}

/** Where a part of a schema stands: only one that says by itself what may be there is closed. */
type Place = 'whole' | 'condition';

class DefinitionReader {
  readonly #pool: SchemaPool;
  readonly #nodes: SchemaNode[];
  readonly #kinds: Record<string, number>;

  constructor(pool: SchemaPool) {
    this.#pool = pool;
    this.#nodes = [...pool.nodes];
    this.#kinds = { ...pool.kinds };
  }

  pool(): SchemaPool {
    return { nodes: this.#nodes, kinds: this.#kinds };
  }

  define({ spec }: JsonObject): void {
    const { group, names, versions } = mapOf(spec);
    const { kind } = mapOf(names);
    for (const version of listOf(versions)) {
      const { name, served, schema } = mapOf(version);
      const { openAPIV3Schema } = mapOf(schema);
      if (served === false || openAPIV3Schema === undefined) continue;
      const key = `${String(group)}/${String(name)}/${String(kind)}`;
      if (!Object.hasOwn(this.#kinds, key)) this.#kinds[key] = this.#object(mapOf(openAPIV3Schema));
    }
  }

  /** A whole object: what every object of Kubernetes has is there, whatever the definition says of it. */
  #object(schema: JsonObject): number {
    const at = this.#read(schema, 'whole');
    const node = this.#nodes[at] ?? {};
    const text = this.#add({ type: 'string' });
    return this.#add({ ...node, props: { ...node.props, apiVersion: text, kind: text, metadata: this.#metadata() } });
  }

  /** Metadata as a ConfigMap has it. */
  #metadata(): number {
    const { nodes, kinds } = this.#pool;
    return nodes[kinds['v1/ConfigMap'] ?? -1]?.props?.['metadata'] ?? this.#add({});
  }

  #read(schema: JsonObject, place: Place): number {
    if (schema['x-kubernetes-int-or-string'] === true) return this.#add({ type: ['integer', 'string'] });
    const node: Record<string, unknown> = { ...limitsOf(schema) };
    if (TYPES.has(schema['type'])) node['type'] = schema['type'];
    if (schema['nullable'] === true) node['nullable'] = true;
    if (isObject(schema['items'])) node['items'] = this.#read(mapOf(schema['items']), place);
    this.#readKeys(schema, place, node);
    for (const word of ['allOf', 'anyOf', 'oneOf'] as const)
      if (Array.isArray(schema[word]))
        node[word] = listOf(schema[word]).map((part) => this.#read(mapOf(part), 'condition'));
    if (isObject(schema['not'])) node['not'] = [this.#read(mapOf(schema['not']), 'condition')];
    return this.#add(node);
  }

  /** The keys of an object: named ones, or those that users invent. The cluster drops every other one. */
  #readKeys(schema: JsonObject, place: Place, node: Record<string, unknown>): void {
    const { additionalProperties: others } = schema;
    if (isObject(others)) node['map'] = this.#read(mapOf(others), place);
    const named = Object.entries(mapOf(schema['properties']));
    if (named.length === 0 && (place === 'condition' || schema['type'] !== 'object' || node['map'] !== undefined))
      return;
    const free = others === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    if (named.length === 0 && free) return;
    node['props'] = Object.fromEntries(named.map(([key, part]) => [key, this.#read(mapOf(part), place)]));
    if (free || place === 'condition') node['open'] = true;
    if (schema['x-kubernetes-embedded-resource'] !== true) return;
    const text = this.#add({ type: 'string' });
    Object.assign(node['props'] as object, { apiVersion: text, kind: text, metadata: this.#metadata() });
  }

  #add(node: SchemaNode): number {
    return this.#nodes.push(node) - 1;
  }
}

const TYPES: ReadonlySet<unknown> = new Set<SchemaType>(['object', 'array', 'string', 'integer', 'number', 'boolean']);

const NUMBERS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

/** What a schema says about values by themselves. */
function limitsOf(schema: JsonObject): SchemaNode {
  const { enum: values, pattern, format } = schema;
  const properties = mapOf(schema['properties']);
  // The API server fills defaults in before it looks for what is missing.
  const required = listOf(schema['required']).filter(
    (key): key is string => typeof key === 'string' && mapOf(properties[key])['default'] === undefined,
  );
  return {
    ...Object.fromEntries(NUMBERS.flatMap((word) => (typeof schema[word] === 'number' ? [[word, schema[word]]] : []))),
    ...(Array.isArray(values) && { enum: values as NonNullable<SchemaNode['enum']> }),
    // A tree may be hostile: a pattern that runs for ever is not run.
    ...(typeof pattern === 'string' && patternProblem(pattern) === undefined && { pattern }),
    ...(typeof format === 'string' && { format }),
    ...(required.length > 0 && { required }),
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
