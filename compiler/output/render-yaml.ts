import type { Json } from '../../spec/contract/source.ts';
import { isList } from './json.ts';
import { isLiteral, KEY_LENGTH_MAX, keyScalar, numberScalar, stringScalar } from './yaml-scalar.ts';

/** Deepest nesting that is written. The spec's own limit is 64; a JSON Schema inside it may double that. */
const DEPTH_MAX = 200;

/**
 * Plain JSON values as YAML documents in block style: deterministic, keys in the order given, one document after each
 * `---`. Every reader of YAML 1.1 or 1.2 sees the values that went in; `read-yaml.ts` checks that before a file is
 * written. A lone surrogate, NaN or an infinity is our bug and throws: they cannot come from a spec.
 *
 * Refused: the `yaml` package. It takes 16 times as long and leaves U+2028 bare, which Go readers take for a line break.
 */
export function renderYaml(header: string, documents: readonly Json[]): string {
  const writer = new Writer();
  let text = header;
  for (const [index, document] of documents.entries()) {
    text += index === 0 && header === '' ? '' : '---\n';
    text += writer.document(document);
  }
  return text;
}

class Writer {
  // Keys repeat in every object; looking one up is cheaper than testing it. Bounded by the vocabulary of the targets.
  readonly #keys = new Map<string, string>();

  document(value: Json): string {
    const text = this.#value(value, 0);
    return text.startsWith('\n') ? text.slice(1) : text.startsWith(' ') ? text.slice(1) : text;
  }

  /** What follows `key:`, with the space or break before it and the break at its end. `depth` is that of its lines. */
  #value(value: Json, depth: number): string {
    if (typeof value === 'string') return this.#string(value, depth);
    if (typeof value === 'number') return ` ${numberScalar(value)}\n`;
    if (value === null || typeof value === 'boolean') return ` ${String(value)}\n`;
    if (depth > DEPTH_MAX) throw new Error('cannot write a value nested that deeply');
    return isList(value) ? this.#list(value, depth) : this.#map(value, depth);
  }

  #string(value: string, depth: number): string {
    if (depth === 0 || !isLiteral(value)) return ` ${stringScalar(value)}\n`;
    const ends = value.endsWith('\n');
    const body = ends ? value.slice(0, -1) : value;
    const indent = indentOf(depth);
    return ` |${ends ? '' : '-'}\n${indent}${body.replace(/\n(?!\n|$)/g, `\n${indent}`)}\n`;
  }

  #map(value: { readonly [key: string]: Json }, depth: number): string {
    let text = '';
    const indent = indentOf(depth);
    for (const key in value) text += `${indent}${this.#key(key, indent)}${this.#value(value[key] as Json, depth + 1)}`;
    return text === '' ? ' {}\n' : `\n${text}`;
  }

  #key(key: string, indent: string): string {
    let text = this.#keys.get(key);
    if (text === undefined) {
      text = `${keyScalar(key)}:`;
      if (key.length <= 100 && this.#keys.size < 10_000) this.#keys.set(key, text);
    }
    return text.length > KEY_LENGTH_MAX ? `? ${text.slice(0, -1)}\n${indent}:` : text;
  }

  #list(value: readonly Json[], depth: number): string {
    if (value.length === 0) return ' []\n';
    let text = '\n';
    const indent = indentOf(depth);
    for (const item of value) {
      const inner = this.#value(item, depth + 1);
      // The first line of a map or list inside a list stands on the line of its dash.
      text += inner.startsWith('\n') ? `${indent}- ${inner.slice(1 + indent.length + 2)}` : `${indent}-${inner}`;
    }
    return text;
  }
}

const INDENTS: readonly string[] = Array.from({ length: DEPTH_MAX + 2 }, (_, depth) => '  '.repeat(depth));

function indentOf(depth: number): string {
  return INDENTS[depth] as string;
}
