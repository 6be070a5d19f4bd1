import type { Bounds } from '../../spec/contract/bounds.ts';
import { schemaText } from './generated/schema-text.ts';

/** A JSON Schema as this language uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  /** The description of the building block itself, where a field gives it a meaning of its own. */
  readonly form?: string | undefined;
  readonly examples?: readonly unknown[];
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-unit'?: string;
  readonly 'x-bounds'?: Bounds;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
}

let parsed: Readonly<Record<string, Schema>> | undefined;

/** A schema by its name: `Fleet`, `FleetSpec`, `duration`. Parsed at the first call. */
export function schemaNamed(name: string): Schema {
  parsed ??= JSON.parse(schemaText) as Readonly<Record<string, Schema>>;
  const schema = parsed[name];
  if (schema === undefined) throw new Error(`no schema is called ${name}`);
  return schema;
}

/** The schema with its `$ref` followed; what stands beside the reference goes before what it leads to. */
export function followed(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...beside } = schema;
  const block = followed(schemaNamed($ref.slice('#/$defs/'.length)));
  return { ...block, form: block.form ?? block.description, ...beside };
}
