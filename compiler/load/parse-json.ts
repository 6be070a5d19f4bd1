import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { shown } from '../diagnostics/clean.ts';
import type { Report } from '../diagnostics/report.ts';
import { checkDecoded } from './characters.ts';
import { LIMITS } from './limits.ts';
import type { Entry, MapNode, ScalarNode, TreeNode } from './tree.ts';
import { sure } from '../../spec/contract/sure.ts';

const TOKEN =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null)(?![\w.]))/y;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

interface Token {
  readonly start: number;
  readonly end: number;
  /** One of `[]{},:`, `text` for a string, `word` for a number or a literal, `end`, `bad`. */
  readonly type: string;
  readonly raw: string;
}

interface Open {
  readonly type: 'map' | 'list';
  readonly start: number;
  readonly items: TreeNode[];
  readonly entries: Map<string, Entry>;
  key: ScalarNode | undefined;
}

/** What may come next. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end';

/**
 * Reads JSON with the place of every key and value; nothing after a problem. The engine's own reader knows no places, keeps
 * the last of two equal keys, and words its errors differently in each version.
 */
export function parseJson(file: SourceFile, report: Report): TreeNode | undefined {
  return new JsonReader(file, report).read();
}

class JsonReader {
  readonly #file: string;
  readonly #text: string;
  readonly #report: Report;
  readonly #open: Open[] = [];
  #expected: Expected = 'value';
  #root: TreeNode | undefined;
  #broken = false;

  constructor({ path, text }: SourceFile, report: Report) {
    this.#file = path;
    this.#text = text;
    this.#report = report;
  }

  read(): TreeNode | undefined {
    for (let at = this.#text.startsWith('\uFEFF') ? 1 : 0; ;) {
      const token = this.#tokenAt(at);
      if (token.type === 'end' && this.#expected === 'end') return this.#broken ? undefined : this.#root;
      if (!this.#accept(token)) {
        const found = token.type === 'end' ? 'the text ends' : `found \`${shown(token.raw)}\``;
        this.#report('NT1401', this.#span(token), { reason: `${found} where ${wanted(this.#expected)} must stand` });
        return undefined;
      }
      if (this.#open.length > LIMITS.depthMax) {
        this.#report('NT1114', this.#span(token), { limit: LIMITS.depthMax });
        return undefined;
      }
      at = token.end;
    }
  }

  #tokenAt(at: number): Token {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      const start = this.#text.length - this.#text.slice(at).replace(/^[ \t\r\n]+/, '').length;
      const end = Math.min(start + 1, this.#text.length);
      return { start, end, type: start === this.#text.length ? 'end' : 'bad', raw: this.#text.slice(start, end) };
    }
    const raw = match[1] ?? match[2] ?? sure(match[3], 'the text of a token');
    const end = TOKEN.lastIndex;
    return { start: end - raw.length, end, type: match[1] ?? (match[2] === undefined ? 'word' : 'text'), raw };
  }

  /** One step of the grammar; false when the token cannot stand here. */
  #accept(token: Token): boolean {
    const expected = this.#expected;
    const open = this.#open.at(-1);
    if (expected === 'value' || expected === 'value or ]') {
      if (token.type === ']' && expected === 'value or ]') return this.#close(token);
      return this.#value(token);
    }
    if (expected === 'key' || expected === 'key or }') {
      if (token.type === '}' && expected === 'key or }') return this.#close(token);
      return open !== undefined && token.type === 'text' && this.#key(open, token);
    }
    if (expected === ':') {
      if (token.type === ':') this.#expected = 'value';
      return token.type === ':';
    }
    if (open === undefined) return false;
    if (token.type === ',') {
      this.#expected = open.type === 'map' ? 'key' : 'value';
      return true;
    }
    return token.type === (open.type === 'map' ? '}' : ']') && this.#close(token);
  }

  #value(token: Token): boolean {
    const { start, end, type, raw } = token;
    if (type === '{' || type === '[') {
      const open = { start, items: [], entries: new Map<string, Entry>(), key: undefined };
      this.#open.push(type === '{' ? { ...open, type: 'map' } : { ...open, type: 'list' });
      this.#expected = type === '{' ? 'key or }' : 'value or ]';
      return true;
    }
    if (type !== 'text' && type !== 'word') return false;
    const value = JSON.parse(raw) as ScalarNode['value'];
    if (typeof value === 'number') this.#checkNumber(value, token);
    if (typeof value === 'string') this.#checkText(value, token);
    this.#place({ type: 'scalar', start, end, value });
    return true;
  }

  #checkNumber(value: number, token: Token): void {
    if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return;
    this.#broken = true;
    this.#report('NT1109', this.#span(token), { text: shown(token.raw) });
  }

  /** The text of the file was looked at already: only an escape brings in other characters. */
  #checkText(value: string, token: Token): void {
    if (token.raw.includes('\\u') && !checkDecoded(value, this.#span(token), this.#report)) this.#broken = true;
  }

  #key(open: Open, token: Token): boolean {
    const { start, end, raw } = token;
    const key: ScalarNode = { type: 'scalar', start, end, value: JSON.parse(raw) as string };
    const name = String(key.value);
    this.#checkText(name, token);
    const before = open.entries.get(name)?.key;
    if (RESERVED.has(name)) this.#report('NT1108', this.#span(key), { key: name });
    if (before !== undefined) {
      const related = [{ message: 'first here', at: this.#span(before) }];
      this.#report('NT1107', this.#span(key), { key: shown(name) }, { label: 'again here', related });
    }
    if (open.entries.size === LIMITS.keysMax) this.#report('NT1113', this.#span(key), { limit: LIMITS.keysMax });
    if (RESERVED.has(name) || before !== undefined || open.entries.size === LIMITS.keysMax) this.#broken = true;
    open.key = key;
    this.#expected = ':';
    return true;
  }

  #close({ end }: Token): boolean {
    const open = sure(this.#open.pop(), 'what a bracket closes');
    const { type, start, entries, items } = open;
    const map: MapNode = { type: 'map', start, end, entries };
    this.#place(type === 'map' ? map : { type: 'list', start, end, items });
    return true;
  }

  #place(node: TreeNode): void {
    const parent = this.#open.at(-1);
    this.#expected = parent === undefined ? 'end' : ', or end';
    if (parent === undefined) this.#root = node;
    else if (parent.type === 'list') parent.items.push(node);
    else {
      const key = sure(parent.key, 'the key of a value');
      parent.entries.set(String(key.value), { key, value: node });
    }
  }

  #span({ start, end }: { readonly start: number; readonly end: number }): Span {
    return { file: this.#file, start, end };
  }
}

function wanted(expected: Expected): string {
  const names: Readonly<Record<Expected, string>> = {
    value: 'a value',
    'value or ]': 'a value or `]`',
    key: 'a key in double quotes',
    'key or }': 'a key in double quotes or `}`',
    ':': '`:`',
    ', or end': '`,` or the end of the map or list',
    end: 'the end of the text',
  };
  return names[expected];
}
