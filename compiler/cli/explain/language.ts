import type { Json, JsonObject } from '../../../spec/contract/source.ts';

/** A part of the JSON Schema of the language. */
export type Schema = JsonObject;

/** The language as its JSON Schema says it. */
export interface Language {
  readonly kinds: readonly string[];
  /** The schema of a kind's documents, or of a building block. */
  readonly def: (name: string) => Schema | undefined;
  /** The schema with what it refers to merged in; its own words win. */
  readonly resolve: (schema: Schema) => Schema;
}

/** Reads the language from the schema that editors use. */
export function languageOf(bundle: Schema): Language {
  const defs = object(bundle['$defs']);
  const def = (name: string) => optionalObject(defs[name]);
  const resolve = (schema: Schema): Schema => {
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    const { $ref: _, ...own } = schema;
    return { ...resolve(def(ref.slice('#/$defs/'.length)) ?? {}), ...own };
  };
  const kinds = list(object(object(bundle['properties'])['kind'])['enum']).map(String);
  return { kinds, def, resolve };
}

/** The named properties of an object schema, in their order. */
export function propertiesOf(schema: Schema): readonly (readonly [name: string, schema: Schema])[] {
  return Object.entries(object(schema['properties'])).map(([name, value]) => [name, object(value)]);
}

/** An object, or an empty one for anything else. */
export function object(value: Json | undefined): JsonObject {
  return optionalObject(value) ?? {};
}

/** A list, or an empty one for anything else. */
export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function optionalObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
