import type { Json } from '../../spec/contract/source.ts';

/**
 * Reads back what `render-yaml.ts` writes, and nothing else: any other line is a `YamlShapeError`. It shares no code
 * with the writer, decides by the text alone, and is what stands between a bug in the writer and a file on disk.
 *
 * Why not a YAML library for every file: js-yaml needs ten times as long, more than all the rest of the compile together.
 * The chain of proof is instead: this reader agrees with `yaml` 1.1, `yaml` 1.2 and js-yaml (core and 1.1) over tens of
 * thousands of random documents in the tests, and this reader reads every file of every compile.
 *
 * With values that somebody hopes for, a part that reads as one of them is that very one, and is built only where it
 * differs: to compare is then to look whether they are the same. What is read never depends on them.
 */
export function readOwnYaml(text: string, hoped: readonly Json[] = []): Json[] {
  return new Reader(text).documents(hoped);
}

/** The text is not of the shape the writer makes. */
export class YamlShapeError extends Error {
  override readonly name = 'YamlShapeError';
  readonly line: number;
  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.line = line;
  }
}

const PLAIN_KEY = /^[A-Za-z][A-Za-z0-9_./-]*$/;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:e[+-][0-9]+)?$/;
const PLAIN_TEXT = /^(?:[A-Za-z/][\x20-\x7e]*|[1-9][0-9]*(?:m|s|h|d|ms|Ki|Mi|Gi|Ti))$/;
const NOT_PLAIN = /: |:$| #|[#&*!|>'"%`{}[\]?\\~^$<]| $/;
const AMBIGUOUS = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|infinity|e[-+]?[0-9]+)$/i;

/** Keys that were found to be plain. They repeat in every object; looking one up is cheaper than testing it. */
const knownKeys = new Set<string>();

/** Short texts that were found to be plain: most stand in many objects. Begun anew when they are many. */
const knownTexts = new Set<string>();
const KNOWN_TEXTS_MAX = 5_000;
const KNOWN_TEXT_LENGTH_MAX = 80;

class Reader {
  readonly #text: string;
  #start = 0;
  #end = 0;
  #line = 0;
  // The part of the line that is not read yet: a dash moves its beginning without moving the line.
  #at = 0;
  // Where the last key was looked for, and its end: whoever asks whether there is one reads it next.
  #keyFrom = -1;
  #keyTo = -1;

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  documents(hoped: readonly Json[]): Json[] {
    while (this.#more() && this.#text[this.#start] === '#') this.#next();
    const documents: Json[] = [];
    while (this.#more()) {
      if (this.#whole() === '---') this.#next();
      else if (documents.length > 0) this.#fail('expected `---`');
      documents.push(this.#node(0, hoped[documents.length]));
    }
    return documents;
  }

  #more(): boolean {
    return this.#start < this.#text.length;
  }

  #next(): void {
    this.#start = this.#line === 0 ? 0 : this.#end + 1;
    this.#line++;
    this.#at = this.#start;
    this.#end = this.#text.indexOf('\n', this.#start);
    if (this.#end < 0) {
      if (this.#more()) this.#fail('the last line has no end');
      this.#end = this.#text.length;
    }
  }

  #whole(): string {
    return this.#text.slice(this.#start, this.#end);
  }

  /** Spaces before the unread part, a dash counted as one. */
  #column(): number {
    let at = this.#at;
    while (this.#text.charCodeAt(at) === 32) at++;
    return at - this.#start;
  }

  /** A document's content, or what stands after a dash: a map, a list or a scalar beginning at `column`. */
  #node(column: number, hoped: Json | undefined): Json {
    const code = this.#text.charCodeAt(this.#start + column);
    if (code === 45 && this.#isDash(column)) return this.#list(column, hoped);
    if (this.#keyEnd(column) >= 0 || code === 63) return this.#map(column, hoped);
    const value = this.#scalar(this.#start + column, hoped);
    this.#next();
    return value;
  }

  #isDash(column: number): boolean {
    const after = this.#text.charCodeAt(this.#start + column + 1);
    return after === 32 || after === 10;
  }

  #list(column: number, hoped: Json | undefined): Json {
    const like = isList(hoped) ? hoped : [];
    let list: Json[] | undefined;
    let count = 0;
    while (this.#more() && this.#column() === column && this.#text.charCodeAt(this.#start + column) === 45) {
      if (!this.#isDash(column)) break;
      this.#at = this.#start + column + 1;
      const item = this.#item(column, like[count]);
      if (list === undefined && item !== like[count]) list = like.slice(0, count);
      list?.push(item);
      count++;
    }
    return list ?? (isList(hoped) && count === like.length ? hoped : like.slice(0, count));
  }

  #item(column: number, hoped: Json | undefined): Json {
    if (this.#at === this.#end || this.#text.charCodeAt(this.#at) !== 32) this.#fail('an empty item');
    this.#at++;
    if (this.#text.charCodeAt(this.#at) !== 124) return this.#node(column + 2, hoped);
    return this.#literal(this.#text.slice(this.#at, this.#end), column + 2);
  }

  #map(column: number, hoped: Json | undefined): Json {
    const like = isMap(hoped) ? hoped : {};
    const keys = Object.keys(like);
    let map: Record<string, Json> | undefined;
    let count = 0;
    while (this.#more() && this.#column() === column && !(column === 0 && this.#whole() === '---')) {
      const wanted = map === undefined ? keys[count] : undefined;
      const key = wanted !== undefined && this.#isKnownKey(wanted, column) ? wanted : this.#key(column);
      const hopedValue = key === wanted ? like[wanted] : undefined;
      if (key !== wanted) map ??= copyOf(like, keys.slice(0, count));
      if (map !== undefined && Object.hasOwn(map, key)) this.#fail('a key that is there already');
      const value = this.#entryValue(column, hopedValue);
      if (map === undefined && value !== hopedValue) map = copyOf(like, keys.slice(0, count));
      if (map !== undefined) put(map, key, value);
      count++;
    }
    return map ?? (isMap(hoped) && count === keys.length ? hoped : copyOf(like, keys.slice(0, count)));
  }

  /** The key that begins at `column`; what is not read yet begins after its colon. */
  #key(column: number): string {
    const explicit = this.#text.startsWith('? ', this.#start + column);
    if (explicit) {
      const key = this.#quoted(this.#text.slice(this.#start + column + 2, this.#end));
      this.#next();
      if (this.#column() !== column || this.#text[this.#start + column] !== ':') this.#fail('expected `:`');
      this.#at = this.#start + column + 1;
      return key;
    }
    const end = this.#keyEnd(column);
    if (end < 0) this.#fail('expected a key');
    const text = this.#text.slice(this.#start + column, end);
    this.#at = end + 1;
    return text.startsWith('"') ? this.#quoted(text) : this.#plainKey(text);
  }

  /** Whether a key that was found to be plain stands at `column`: no colon is in it, so it ends where the key does. */
  #isKnownKey(key: string, column: number): boolean {
    const from = this.#start + column;
    const end = from + key.length;
    if (this.#text.charCodeAt(end) !== 58 || !knownKeys.has(key) || !this.#text.startsWith(key, from)) return false;
    if (end !== this.#end - 1 && this.#text.charCodeAt(end + 1) !== 32) return false;
    this.#at = end + 1;
    return true;
  }

  /** Where the colon after the key at `column` stands; -1 when there is no key. */
  #keyEnd(column: number): number {
    const from = this.#start + column;
    if (from !== this.#keyFrom) {
      this.#keyFrom = from;
      this.#keyTo = this.#findKeyEnd(from);
    }
    return this.#keyTo;
  }

  #findKeyEnd(from: number): number {
    let at = from;
    if (this.#text.charCodeAt(at) === 34) {
      for (at++; at < this.#end && this.#text.charCodeAt(at) !== 34; at++) {
        if (this.#text.charCodeAt(at) === 92) at++;
      }
      at++;
    } else {
      at = this.#text.indexOf(':', from);
      while (at >= 0 && at < this.#end - 1 && this.#text.charCodeAt(at + 1) !== 32)
        at = this.#text.indexOf(':', at + 1);
    }
    if (at < 0 || at >= this.#end || this.#text.charCodeAt(at) !== 58) return -1;
    return at === this.#end - 1 || this.#text.charCodeAt(at + 1) === 32 ? at : -1;
  }

  #plainKey(text: string): string {
    if (knownKeys.has(text)) return text;
    if (!PLAIN_KEY.test(text) || AMBIGUOUS.test(text)) this.#fail(`not a plain key: ${text}`);
    if (knownKeys.size < 10_000) knownKeys.add(text);
    return text;
  }

  #entryValue(column: number, hoped: Json | undefined): Json {
    const at = this.#at;
    if (at === this.#end) {
      this.#next();
      if (this.#column() !== column + 2) this.#fail('expected a value indented by two spaces');
      return this.#node(column + 2, hoped);
    }
    if (this.#text.charCodeAt(at + 1) === 124) return this.#literal(this.#text.slice(at + 1, this.#end), column + 2);
    const value = this.#scalar(at + 1, hoped);
    this.#next();
    return value;
  }

  #literal(mark: string, column: number): string {
    if (mark !== '|' && mark !== '|-') this.#fail('not a block mark');
    const lines: string[] = [];
    for (this.#next(); this.#more(); this.#next()) {
      const line = this.#whole();
      if (line !== '' && this.#column() < column) break;
      lines.push(line.slice(column));
    }
    if (lines.length < 2 || lines.at(-1) === '' || lines[0]?.startsWith(' ') !== false) this.#fail('not a block');
    return lines.join('\n') + (mark === '|' ? '\n' : '');
  }

  /** The scalar from an offset to the end of the line. */
  #scalar(from: number, hoped: Json | undefined): Json {
    if (typeof hoped === 'string' && this.#isKnownText(hoped, from)) return hoped;
    const text = this.#text.slice(from, this.#end);
    const code = text.charCodeAt(0);
    if (code === 34) return this.#quoted(text);
    if (text === '[]') return isList(hoped) && hoped.length === 0 ? hoped : [];
    if (text === '{}') return isMap(hoped) && Object.keys(hoped).length === 0 ? hoped : {};
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    if (code < 58 && NUMBER.test(text)) return Number(text);
    if (!PLAIN_TEXT.test(text) || NOT_PLAIN.test(text) || AMBIGUOUS.test(text)) this.#fail('not a scalar of ours');
    // What was hoped for is kept instead: what was read would keep its whole file.
    if (text === hoped && text.length <= KNOWN_TEXT_LENGTH_MAX) {
      if (knownTexts.size >= KNOWN_TEXTS_MAX) knownTexts.clear();
      knownTexts.add(hoped);
    }
    return text;
  }

  #isKnownText(text: string, from: number): boolean {
    return this.#end - from === text.length && knownTexts.has(text) && this.#text.startsWith(text, from);
  }

  #quoted(text: string): string {
    const json = text.includes('\\U') ? wideEscapes(text) : text;
    try {
      const value: unknown = JSON.parse(json);
      if (typeof value === 'string') return value;
    } catch {
      // Falls through: one sentence for both.
    }
    return this.#fail('not a quoted string');
  }

  #fail(reason: string): never {
    throw new YamlShapeError(this.#line, reason);
  }
}

type JsonMap = Readonly<Record<string, Json>>;

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copyOf(map: JsonMap, keys: readonly string[]): Record<string, Json> {
  const copy: Record<string, Json> = {};
  for (const key of keys) put(copy, key, map[key] as Json);
  return copy;
}

function put(map: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, configurable: true });
  else map[key] = value;
}

/** `\U0001F600` is YAML's only; everything else that the writer quotes is JSON. */
function wideEscapes(text: string): string {
  return text.replace(/\\(?:U([0-9a-f]{8})|(.))/g, (escape, hex: string | undefined) =>
    hex === undefined ? escape : String.fromCodePoint(Number.parseInt(hex, 16)),
  );
}
