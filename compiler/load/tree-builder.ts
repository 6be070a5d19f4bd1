import { COLLECTION_STYLE, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import type { SourceFile, Span } from '../../spec/contract/source.ts';
import type { Code, Params } from '../diagnostics/catalog.ts';
import { shown } from '../diagnostics/clean.ts';
import type { Details, Report } from '../diagnostics/report.ts';
import { checkDecoded } from './characters.ts';
import { LIMITS } from './limits.ts';
import type { ParsedDocument } from './parse.ts';
import { resolvePlain } from './scalar.ts';
import type { Entry, ScalarNode, TreeNode } from './tree.ts';

const NOT_ASCII = /[^\u0000-\u007F]/;
/** Most problems that are reported for one document: a bomb has thousands, and the first ones say it. */
const REPORTED_MAX = 10;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

type Open = OpenMap | OpenList;

interface OpenMap {
  readonly type: 'map';
  readonly start: number;
  readonly flow: boolean;
  readonly entries: Map<string, Entry>;
  /** The key whose value comes next; `refused` for one that was reported. */
  key: ScalarNode | 'refused' | undefined;
  keys: number;
  /** Another document begins in it without a mark, which was reported. */
  joined: boolean;
}

interface OpenList {
  readonly type: 'list';
  readonly start: number;
  readonly flow: boolean;
  readonly items: TreeNode[];
}

/**
 * Puts the flat events of the reader together to trees, and refuses what a spec may not hold. It keeps a stack of open
 * maps and lists and never recurses. `cursor` is the end of what was seen last: events of closing brackets and of absent
 * values carry no place.
 */
export class TreeBuilder {
  readonly documents: ParsedDocument[] = [];
  readonly #file: string;
  readonly #text: string;
  readonly #report: Report;
  #open: Open[] = [];
  #root: TreeNode | undefined;
  #broken = false;
  #doubts: ScalarNode[] = [];
  #cursor = 0;
  #reported = 0;

  constructor({ path, text }: SourceFile, report: Report) {
    this.#file = path;
    this.#text = text;
    this.#report = report;
  }

  add(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#beginDocument(event.explicitStart);
        return;
      case EVENT_ID.MAPPING:
        this.#checkProperties(event);
        this.#refuseAsKey('a map', event.start);
        this.#open.push({
          type: 'map',
          start: event.start,
          flow: event.style === COLLECTION_STYLE.FLOW,
          entries: new Map(),
          key: undefined,
          keys: 0,
          joined: false,
        });
        this.#cursor = Math.max(this.#cursor, event.start);
        return;
      case EVENT_ID.SEQUENCE:
        this.#checkProperties(event);
        this.#refuseAsKey('a list', event.start);
        this.#open.push({
          type: 'list',
          start: event.start,
          flow: event.style === COLLECTION_STYLE.FLOW,
          items: [],
        });
        this.#cursor = Math.max(this.#cursor, event.start);
        return;
      case EVENT_ID.SCALAR:
        this.#checkProperties(event);
        this.#place(this.#scalar(event));
        return;
      case EVENT_ID.ALIAS:
        this.#refuse('NT1102', this.#span(event.anchorStart - 1, event.anchorEnd), {});
        this.#place({ type: 'scalar', start: event.anchorStart - 1, end: event.anchorEnd, value: null });
        return;
      case EVENT_ID.POP:
        this.#close();
    }
  }

  #beginDocument(explicit: boolean): void {
    if (explicit) {
      const marker = /^\uFEFF?---/gm;
      marker.lastIndex = this.#cursor;
      const found = marker.exec(this.#text);
      if (found !== null) this.#cursor = found.index + found[0].length;
    }
    this.#root = undefined;
    this.#reported = 0;
    this.#broken = false;
    this.#doubts = [];
  }

  #close(): void {
    const open = this.#open.pop();
    if (open === undefined) {
      this.#endDocument();
      return;
    }
    const end = open.flow ? this.#closingBracket(open.start) : Math.max(this.#cursor, open.start);
    this.#cursor = end;
    const { type, start } = open;
    this.#place(type === 'map' ? { type, start, end, entries: open.entries } : { type, start, end, items: open.items });
  }

  #endDocument(): void {
    const root = this.#root ?? { type: 'scalar', start: this.#cursor, end: this.#cursor, value: null };
    if (root.type === 'scalar' && root.value === null) {
      this.#refuse('NT1117', this.#span(Math.max(0, this.#cursor - 3), this.#cursor), {});
    }
    this.documents.push({ index: this.documents.length, root, broken: this.#broken, doubts: this.#doubts });
  }

  /** Behind the last child stand only blanks, comments and a comma before the bracket. */
  #closingBracket(start: number): number {
    const rest = /(?:[\s,]|#.*)*[\]}]/y;
    rest.lastIndex = Math.max(this.#cursor, start + 1);
    return rest.test(this.#text) ? rest.lastIndex : Math.max(this.#cursor, start + 1);
  }

  #place(node: TreeNode): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = node;
    else if (parent.type === 'list') parent.items.push(node);
    else if (parent.key === undefined) parent.key = this.#key(parent, node);
    else {
      const { key } = parent;
      if (key !== 'refused') parent.entries.set(String(key.value), { key, value: node });
      parent.key = undefined;
    }
  }

  #key(parent: OpenMap, node: TreeNode): ScalarNode | 'refused' {
    parent.keys += 1;
    if (parent.keys === LIMITS.keysMax + 1) this.#refuse('NT1113', this.#spanOf(node), { limit: LIMITS.keysMax });
    if (node.type !== 'scalar') return 'refused';
    const { value } = node;
    if (node.doubt?.kind === 'text') this.#refuseDoubtfulKey(node, node.doubt.other);
    if (value === '<<' && this.#text[node.start] === '<') return this.#refuse('NT1103', this.#spanOf(node), {});
    if (typeof value !== 'string' || value === '') {
      const found = value === null || value === '' ? 'nothing' : `\`${shown(String(value))}\``;
      return this.#refuse('NT1106', this.#spanOf(node), { found }, this.#quoteFix(node));
    }
    if (RESERVED.has(value)) return this.#refuse('NT1108', this.#spanOf(node), { key: value });
    const before = parent.entries.get(value)?.key;
    if (before === undefined) return node;
    // Where a second document begins without its mark, all its fields are there twice: the first one says it.
    if (parent.joined) return 'refused';
    const isRoot = this.#open.length === 1;
    if (isRoot && value === 'apiVersion') parent.joined = true;
    return this.#refuse(
      'NT1107',
      this.#spanOf(node),
      { key: shown(value) },
      {
        label: 'again here',
        related: [{ message: 'first here', at: this.#spanOf(before) }],
        notes: parent.joined ? ['if another document begins here, write `---` on a line before it'] : [],
      },
    );
  }

  #refuseDoubtfulKey(node: ScalarNode, other: string): void {
    this.#doubts = this.#doubts.filter((doubtful) => doubtful !== node);
    this.#refuse('NT1119', this.#spanOf(node), { text: shown(String(node.value)), other }, this.#quoteFix(node));
  }

  #quoteFix(node: ScalarNode): Details {
    const text = this.#text.slice(node.start, node.end);
    if (!/^[\w.+:-]+$/.test(text)) return {};
    return { fix: { title: 'puts it in quotes', edits: [{ at: this.#spanOf(node), text: `"${text}"` }] } };
  }

  #refuseAsKey(found: string, start: number): void {
    const parent = this.#open.at(-1);
    if (parent?.type !== 'map' || parent.key !== undefined) return;
    this.#refuse('NT1106', this.#span(start, start + 1), { found });
  }

  #scalar(event: ScalarEvent): ScalarNode {
    if (event.valueStart === -1) {
      return { type: 'scalar', start: this.#cursor, end: this.#cursor, value: null };
    }
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const start = event.valueStart - quoted;
    const end = quoted === 1 ? event.valueEnd + 1 : this.#trimmedEnd(start, event.valueEnd);
    this.#cursor = Math.max(this.#cursor, end);
    const text = getScalarValue(this.#text, event);
    const span = this.#span(start, end);
    if (quoted === 1 && !checkDecoded(text, span, this.#report)) this.#broken = true;
    if (NOT_ASCII.test(text) && text !== text.normalize('NFC')) this.#refuseForm(span);
    if (event.style !== SCALAR_STYLE.PLAIN || event.tagStart !== -1) {
      return { type: 'scalar', start, end, value: text };
    }
    const node: ScalarNode = { type: 'scalar', start, end, ...resolvePlain(text) };
    if (node.doubt !== undefined) this.#doubts.push(node);
    return node;
  }

  #trimmedEnd(start: number, end: number): number {
    let last = end;
    while (last > start && /\s/.test(this.#text.charAt(last - 1))) last--;
    return last;
  }

  #refuseForm(span: Span): void {
    const text = this.#text.slice(span.start, span.end).normalize('NFC');
    this.#refuse('NT1116', span, {}, { fix: { title: 'composes the letters', edits: [{ at: span, text }] } });
  }

  #checkProperties(event: ScalarEvent | MappingEvent | SequenceEvent): void {
    if (event.anchorStart !== -1) this.#refuse('NT1102', this.#span(event.anchorStart - 1, event.anchorEnd), {});
    if (event.tagStart !== -1) this.#refuse('NT1104', this.#span(event.tagStart, event.tagEnd), {});
  }

  #refuse<C extends Code>(code: C, at: Span, params: Params<C>, details?: Details): 'refused' {
    this.#broken = true;
    if (this.#reported++ < REPORTED_MAX) this.#report(code, at, params, details);
    return 'refused';
  }

  #spanOf({ start, end }: TreeNode): Span {
    return this.#span(start, end);
  }

  #span(start: number, end: number): Span {
    return { file: this.#file, start, end };
  }
}
