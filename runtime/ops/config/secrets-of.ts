import { placedFields } from './field.ts';
import { configFields, type Config } from './fields.ts';
import { Secret } from './secret.ts';

/** The texts that must never be written anywhere. */
export function secretsOf(config: Config): readonly string[] {
  return placedFields(configFields).flatMap(({ key }) => {
    const value = key.reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], config);
    return value instanceof Secret ? [value.reveal()] : [];
  });
}
