import { placedFields } from './field.ts';
import { configFields, type Config } from './fields.ts';

/** Every setting and its value, one a line, for the log of a start: `http.port: 8080`. Secrets are never shown. */
export function printConfig(config: Config): string {
  return placedFields(configFields)
    .map(({ key }) => {
      const value = key.reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)[name], config);
      return `${key.join('.')}: ${value === undefined ? 'off' : String(value)}\n`;
    })
    .join('');
}
