import type { Json } from '../../../spec/contract/source.ts';
import type { Voice } from '../context.ts';
import { WIDTH_DEFAULT } from '../help.ts';
import { meant, UsageError } from '../usage.ts';
import { columns, wrap } from '../wrap.ts';
import { examplesOf, show, typeOf } from './describe-field.ts';
import { findField } from './find-field.ts';
import { propertiesOf } from './language.ts';
import type { Language } from './language.ts';

/** A field and everything a person may want to know before writing it. */
export interface ExplainedField {
  readonly field: string;
  readonly description: string;
  readonly type: string;
  readonly required: boolean;
  readonly default?: Json;
  readonly pattern?: string;
  readonly examples: readonly string[];
  /** Whether a document may say it differently for one environment. */
  readonly overlay: boolean;
  readonly fields: readonly { readonly name: string; readonly required: boolean; readonly description: string }[];
}

/** Everything about a field. Throws UsageError for one that does not exist. */
export function explainField(language: Language, words: string): ExplainedField {
  const found = findField(language, words);
  if ('word' in found) {
    throw new UsageError(`\`${found.within}\` has no field \`${found.word}\``, meant(found.suggestion));
  }
  const { path, kind, schema, description, required } = found;
  const needed = Array.isArray(schema['required']) ? schema['required'] : [];
  return {
    field: path,
    description,
    type: typeOf(language, schema),
    required,
    ...(schema['default'] === undefined ? {} : { default: schema['default'] }),
    ...(typeof schema['pattern'] === 'string' ? { pattern: schema['pattern'] } : {}),
    examples: examplesOf(schema),
    overlay: path.startsWith(`${kind}.spec.`) && language.def(`${kind}Overlay`) !== undefined,
    fields: propertiesOf(schema).map(([name, property]) => ({
      name,
      required: needed.includes(name),
      description: String(language.resolve(property)['description']),
    })),
  };
}

/** The field as text. */
export function printField(explained: ExplainedField, { style, line }: Voice): void {
  const { field, description, type, required, pattern, examples, overlay, fields } = explained;
  line(style.bold(field));
  line();
  for (const text of wrap(description, WIDTH_DEFAULT)) line(text);
  line();
  const facts: (readonly [string, string])[] = [
    ['type', type],
    ...(required ? [['required', 'yes'] as const] : []),
    ...(explained.default === undefined ? [] : [['default', show(explained.default)] as const]),
    ...(pattern === undefined ? [] : [['pattern', pattern] as const]),
    ...(examples.length === 0 ? [] : [['examples', examples.join(', ')] as const]),
    ...(overlay ? [['overlay', `may differ in one environment: ${overlayOf(field)}`] as const] : []),
  ];
  for (const text of columns(facts, WIDTH_DEFAULT)) line(text);
  if (fields.length === 0) return;
  line();
  line(style.bold('Fields:'));
  const rows = fields.map((item) => [item.required ? `${item.name} *` : item.name, item.description] as const);
  for (const text of columns(rows, WIDTH_DEFAULT)) line(text);
  if (fields.some((item) => item.required)) line('  * required');
}

/** `Fleet.spec.scale.min` -> `environments.<name>.scale.min`. */
function overlayOf(field: string): string {
  return `environments.<name>.${field.slice(field.indexOf('.spec.') + '.spec.'.length)}`;
}
