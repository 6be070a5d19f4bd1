import type { Json, JsonObject } from '../../spec/contract/source.ts';
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
  let text = header;
  for (const [index, document] of documents.entries()) {
    text += index === 0 && header === '' ? '' : '---\n';
    text += item(document, 0).slice(1);
  }
  return text;
}

/** What follows `key:`, with the space or break before it and the break at its end. `depth` is that of its lines. */
function entryValue(value: Json, depth: number): string {
  if (typeof value !== 'object' || value === null) return scalar(value, depth);
  limit(depth);
  if (isList(value)) return value.length === 0 ? ' []\n' : `\n${items(value, depth, indentOf(depth))}`;
  const text = entries(value, depth, indentOf(depth));
  return text === '' ? ' {}\n' : `\n${text}`;
}

/** What follows a dash: the first line of a map or list stands on the line of its dash. */
function item(value: Json, depth: number): string {
  if (typeof value !== 'object' || value === null) return scalar(value, depth);
  limit(depth);
  if (isList(value)) return value.length === 0 ? ' []\n' : ` ${items(value, depth, '')}`;
  const text = entries(value, depth, '');
  return text === '' ? ' {}\n' : ` ${text}`;
}

/** `first` is what stands before the first line. */
function entries(value: JsonObject, depth: number, first: string): string {
  const indent = indentOf(depth);
  let text = '';
  let before = first;
  for (const key in value) {
    text += before + keyText(key, indent) + entryValue(value[key] as Json, depth + 1);
    before = indent;
  }
  return text;
}

function items(list: readonly Json[], depth: number, first: string): string {
  const indent = indentOf(depth);
  let text = '';
  let before = first;
  for (const value of list) {
    text += `${before}-${item(value, depth + 1)}`;
    before = indent;
  }
  return text;
}

function limit(depth: number): void {
  if (depth > DEPTH_MAX) throw new Error('cannot write a value nested that deeply');
}

function scalar(value: string | number | boolean | null, depth: number): string {
  if (typeof value === 'string') return string(value, depth);
  return typeof value === 'number' ? ` ${numberScalar(value)}\n` : ` ${String(value)}\n`;
}

/** Lines of short texts: most stand in many objects, and one is found sooner than made. Begun anew when they are many. */
const texts = new Map<string, string>();
const TEXTS_MAX = 5_000;
const TEXT_LENGTH_MAX = 80;

function string(value: string, depth: number): string {
  const isShort = value.length <= TEXT_LENGTH_MAX;
  const known = isShort ? texts.get(value) : undefined;
  if (known !== undefined) return known;
  if (depth > 0 && isLiteral(value)) return literal(value, depth);
  const text = ` ${stringScalar(value)}\n`;
  if (isShort && !value.includes('\n')) {
    if (texts.size >= TEXTS_MAX) texts.clear();
    texts.set(value, text);
  }
  return text;
}

function literal(value: string, depth: number): string {
  const ends = value.endsWith('\n');
  const body = ends ? value.slice(0, -1) : value;
  const indent = indentOf(depth);
  return ` |${ends ? '' : '-'}\n${indent}${body.replace(/\n(?!\n|$)/g, `\n${indent}`)}\n`;
}

/** Keys repeat in every object; looking one up is cheaper than testing it. Bounded, because people's maps have keys of their own. */
const keys = new Map<string, string>();

function keyText(key: string, indent: string): string {
  let text = keys.get(key);
  if (text === undefined) {
    text = `${keyScalar(key)}:`;
    if (key.length <= 100 && keys.size < 10_000) keys.set(key, text);
  }
  return text.length > KEY_LENGTH_MAX ? `? ${text.slice(0, -1)}\n${indent}:` : text;
}

const INDENTS: readonly string[] = Array.from({ length: DEPTH_MAX + 2 }, (_, depth) => '  '.repeat(depth));

function indentOf(depth: number): string {
  return INDENTS[depth] as string;
}
