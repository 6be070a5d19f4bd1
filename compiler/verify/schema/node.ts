/**
 * A schema as the walker reads it: JSON Schema, closed and packed.
 *
 * All schemas lie in one pool, in which equal parts are one node: the pod of a Deployment is the pod of a Rollout. Nodes
 * name each other by their place in the pool, so that the whole is plain JSON that is parsed in a few milliseconds.
 *
 * Glossary
 * - closed: a key that `props` does not name is refused; every node with `props` is, but for those that are `open`
 * - map: an object whose keys the user invents (labels, data); its values have a schema
 */
export interface SchemaNode {
  /** What the value may be; anything where it is absent. */
  readonly type?: SchemaType | readonly SchemaType[];
  /** `null` may stand for the value: the API server takes it as absent. */
  readonly nullable?: true;
  readonly props?: Readonly<Record<string, number>>;
  /** Keys that the schema does not know are allowed. */
  readonly open?: true;
  /** A key may have a name after it: `batch/traces` is a `batch`. */
  readonly suffixed?: true;
  readonly required?: readonly string[];
  /** Keys that came with a later minor version: `hostnameOverride` -> 34. */
  readonly since?: Readonly<Record<string, number>>;
  /** The values of a map. */
  readonly map?: number;
  readonly items?: number;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly number[];
  readonly anyOf?: readonly number[];
  readonly oneOf?: readonly number[];
  readonly not?: readonly number[];
}

export type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';

/** All schemas. */
export interface SchemaPool {
  readonly nodes: readonly SchemaNode[];
  /** One of them, where it takes long to have all. */
  readonly node?: (at: number) => SchemaNode | undefined;
  /** `apps/v1/Deployment` -> its node. */
  readonly kinds: Readonly<Record<string, number>>;
}
