import { isField, type Field, type Fields } from './field.ts';

type Schema = Readonly<Record<string, unknown>>;

/** JSON Schema of the configuration file. */
export function configSchema(fields: Fields): Schema {
  const properties = Object.entries(fields).map(([name, value]) =>
    isField(value)
      ? property(name, value)
      : ([name, object(Object.entries(value).map((one) => property(...one)))] as const),
  );
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'NovaTorchConfig', ...object(properties) };
}

function object(properties: readonly (readonly [string, Schema])[]): Schema {
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}

function property(name: string, { about, schema, fallback, secret }: Field<unknown>): readonly [string, Schema] {
  const described = { description: about, ...schema, ...(fallback !== undefined && { default: fallback }) };
  return [secret === true ? `${name}File` : name, described];
}
