import { nearest } from '../../diagnostics/nearest.ts';
import { object, optionalObject, propertiesOf } from './language.ts';
import type { Language, Schema } from './language.ts';

/** A field of the language, found by the words a person wrote. */
export interface Field {
  /** `Fleet.spec.accepts.<name>.retry`: names of maps become `<name>`, positions in lists `[]`. */
  readonly path: string;
  readonly kind: string;
  readonly schema: Schema;
  /** Whether the field around it demands it. */
  readonly required: boolean;
}

/** A word that leads nowhere, and what may have been meant. */
export interface Missed {
  readonly within: string;
  readonly word: string;
  readonly suggestion?: string;
}

/** Finds `Fleet.spec.scale.min`. The kind's case does not matter; any key of a map and any position of a list is taken. */
export function findField(language: Language, words: string): Field | Missed {
  const [first = '', ...rest] = words.replace(/\[\d*\]/g, '.[]').split('.');
  const kind = language.kinds.find((name) => name.toLowerCase() === first.toLowerCase());
  if (kind === undefined) return missed('the language', first, language.kinds);
  let found: Field = { path: kind, kind, schema: language.resolve(language.def(kind) ?? {}), required: true };
  for (const [index, word] of rest.entries()) {
    const next = step(language, found, word);
    if ('word' in next) return index === 0 ? withSpec(language, next, kind, rest) : next;
    found = next;
  }
  return found;
}

function step(language: Language, { path, kind, schema }: Field, word: string): Field | Missed {
  const properties = new Map(propertiesOf(schema));
  const property = properties.get(word);
  if (property !== undefined) {
    const required = Array.isArray(schema['required']) && schema['required'].includes(word);
    return { path: `${path}.${word}`, kind, schema: language.resolve(property), required };
  }
  const values = optionalObject(schema['additionalProperties']);
  if (values !== undefined) return { path: `${path}.<name>`, kind, schema: language.resolve(values), required: false };
  const items = optionalObject(schema['items']);
  if (items !== undefined && /^(\[\]|\d+)$/.test(word)) {
    return { path: `${path}[]`, kind, schema: language.resolve(items), required: false };
  }
  return missed(path, word, properties.keys());
}

/** `Fleet.scale` means `Fleet.spec.scale`. */
function withSpec(language: Language, miss: Missed, kind: string, rest: readonly string[]): Missed {
  const spec = language.resolve(object(object(language.def(kind)?.['properties'])['spec']));
  const first = rest[0] ?? '';
  if (!propertiesOf(spec).some(([name]) => name === first)) return miss;
  return { ...miss, suggestion: `spec.${first}` };
}

function missed(within: string, word: string, among: Iterable<string>): Missed {
  const suggestion = nearest(word, among);
  return { within, word, ...(suggestion === undefined ? {} : { suggestion }) };
}
