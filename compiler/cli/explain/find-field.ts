import { nearest } from '../../diagnostics/nearest.ts';
import { object, optionalObject, propertiesOf } from './language.ts';
import type { Language, Schema } from './language.ts';
import { sure } from '../../../spec/contract/sure.ts';

/** A field of the language, found by the words a person wrote. */
export interface Field {
  /** `Fleet.spec.accepts.<name>.retry`: names of maps become `<name>`, positions in lists `[]`. */
  readonly path: string;
  readonly kind: string;
  readonly schema: Schema;
  /** Its own, or that of the map or list it is a part of. */
  readonly description: string;
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
  const schema = language.resolve(sure(language.def(kind), 'the schema of a kind'));
  let found: Field = { path: kind, kind, schema, description: described(schema, ''), required: true };
  for (const [index, word] of rest.entries()) {
    const next = step(language, found, word);
    if ('word' in next) return index === 0 ? withSpec(language, next, kind) : next;
    found = next;
  }
  return found;
}

function step(language: Language, { path, kind, schema, description: around }: Field, word: string): Field | Missed {
  const below = (name: string, found: Schema, required: boolean): Field => {
    const resolved = language.resolve(found);
    return { path: `${path}${name}`, kind, schema: resolved, description: described(resolved, around), required };
  };
  const properties = new Map(propertiesOf(schema));
  const property = properties.get(word);
  if (property !== undefined) {
    const required = Array.isArray(schema['required']) && schema['required'].includes(word);
    return below(`.${word}`, property, required);
  }
  const values = optionalObject(schema['additionalProperties']);
  if (values !== undefined) return below('.<name>', values, false);
  const items = optionalObject(schema['items']);
  if (items !== undefined && /^(\[\]|\d+)$/.test(word)) return below('[]', items, false);
  return missed(path, word, properties.keys());
}

/** `Fleet.scale` means `Fleet.spec.scale`. */
function withSpec(language: Language, miss: Missed, kind: string): Missed {
  const spec = language.resolve(object(object(language.def(kind)?.['properties'])['spec']));
  if (!propertiesOf(spec).some(([name]) => name === miss.word)) return miss;
  return { ...miss, suggestion: `spec.${miss.word}` };
}

function described(schema: Schema, around: string): string {
  return String(schema['description'] ?? around);
}

function missed(within: string, word: string, among: Iterable<string>): Missed {
  const suggestion = nearest(word, among);
  return { within, word, ...(suggestion === undefined ? {} : { suggestion }) };
}
