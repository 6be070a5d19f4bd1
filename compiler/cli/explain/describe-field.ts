import type { Json } from '../../../spec/contract/source.ts';
import { list, object, optionalObject, propertiesOf } from './language.ts';
import type { Language, Schema } from './language.ts';

/** The type of a field in a few words: `whole number, 0 to 1000`; `one of low, normal`; `map of skill -> whole number`. */
export function typeOf(language: Language, schema: Schema): string {
  const resolved = language.resolve(schema);
  if (resolved['const'] !== undefined) return `always ${show(resolved['const'])}`;
  if (Array.isArray(resolved['enum'])) return `one of ${resolved['enum'].map(String).join(', ')}`;
  if (Array.isArray(resolved['oneOf'])) {
    return resolved['oneOf'].map((option) => typeOf(language, object(option))).join('; or ');
  }
  switch (resolved['type']) {
    case 'integer':
      return `whole number${range(resolved)}`;
    case 'number':
      return `number${range(resolved)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `list of ${typeOf(language, object(resolved['items']))}${count(resolved, 'Items')}`;
    case 'object':
      return objectType(language, resolved);
    default:
      return textType(resolved);
  }
}

function objectType(language: Language, schema: Schema): string {
  const values = optionalObject(schema['additionalProperties']);
  if (values !== undefined)
    return `map of ${nameType(language, schema)} to ${typeOf(language, values)}${count(schema, 'Properties')}`;
  return propertiesOf(schema).length === 0 ? 'any object' : 'object';
}

function nameType(language: Language, schema: Schema): string {
  const names = optionalObject(schema['propertyNames']);
  const unit = names === undefined ? undefined : refName(names);
  return unit ?? (names === undefined ? 'name' : typeOf(language, names));
}

function refName(schema: Schema): string | undefined {
  const ref = schema['$ref'];
  return typeof ref === 'string'
    ? ref.slice(ref.lastIndexOf('/') + 1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : undefined;
}

function textType(schema: Schema): string {
  if (schema['type'] !== 'string') return 'any value';
  const unit = schema['x-unit'];
  const name = typeof unit === 'string' ? unit.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : 'text';
  return `${name}${count(schema, 'Length')}`;
}

function range(schema: Schema): string {
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) return `, ${show(minimum)} to ${show(maximum)}`;
  if (minimum !== undefined) return `, at least ${show(minimum)}`;
  return maximum === undefined ? '' : `, at most ${show(maximum)}`;
}

function count(schema: Schema, what: 'Items' | 'Properties' | 'Length'): string {
  const most = schema[`max${what}`];
  const least = schema[`min${what}`];
  const unit = what === 'Length' ? ' characters' : '';
  const bounds = [
    ...(least === undefined || least === 0 || (what === 'Length' && least === 1)
      ? []
      : [`at least ${show(least)}${unit}`]),
    ...(most === undefined ? [] : [`at most ${show(most)}${unit}`]),
  ];
  return bounds.length === 0 ? '' : `, ${bounds.join(', ')}`;
}

/** Values a field shows in its examples, as they are written in YAML. */
export function examplesOf(schema: Schema): readonly string[] {
  return list(schema['examples']).map(show);
}

/** A value as it is written in a spec, on one line. */
export function show(value: Json): string {
  if (typeof value === 'string')
    return /^[A-Za-z][A-Za-z0-9 ./_-]*$|^[0-9]+[A-Za-z%/]+$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${key}: ${show(item)}`)
    .join(', ')} }`;
}
