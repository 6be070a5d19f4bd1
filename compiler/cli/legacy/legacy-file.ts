import { isNode, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';

type Path = readonly (string | number)[];

/** What is wrong in a file, and where; `what` is a clause. */
export interface LegacyProblem {
  readonly at: string;
  readonly what: string;
}

/**
 * A YAML or JSON file of the predecessor, read key by key. What is wrong is collected with its place; which keys were asked for
 * is remembered, so that nothing is lost without a word.
 */
export class LegacyFile {
  readonly path: string;
  readonly problems: LegacyProblem[] = [];
  readonly #document: Document.Parsed | undefined;
  readonly #all: unknown;
  readonly #lines = new LineCounter();
  readonly #asked = new Set<string>();

  constructor(path: string, text: string) {
    this.path = path;
    try {
      // As Python's reader took it: `yes` is true.
      this.#document = parseDocument(text, { version: '1.1', lineCounter: this.#lines, prettyErrors: false });
      const [first] = this.#document.errors;
      // What follows the first one follows from it.
      if (first?.code === 'RESOURCE_EXHAUSTION') this.#problem(0, ODD);
      else if (first?.code === 'MULTIPLE_DOCS')
        this.#problem(first.pos[0], 'a second document begins: one file has one agent');
      else if (first !== undefined) this.#problem(first.pos[0], `it is no YAML: ${first.message}`);
      if (this.isReadable) this.#all = this.#document.toJS() as unknown;
    } catch {
      // Aliases that stand for each other, or more depth than there is room for.
      this.#problem(0, ODD);
    }
    if (this.isReadable && !isMap(this.#all)) this.#problem(0, 'it holds no settings');
  }

  get isReadable(): boolean {
    return this.problems.length === 0;
  }

  /** Says that the value at `path` cannot be. */
  refuse(path: Path, what: string): void {
    const node = this.#document?.getIn(path, true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    this.#problem(start ?? 0, what);
  }

  has(path: Path): boolean {
    return valueAt(this.#all, path) !== undefined;
  }

  text(path: Path): string | undefined {
    const value = this.#value(path);
    if (value === undefined || typeof value === 'string') return value;
    this.refuse(path, `\`${path.join('.')}\` must be a text`);
    return undefined;
  }

  texts(path: Path): readonly string[] {
    const value = this.#value(path);
    if (value === undefined) return [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    this.refuse(path, `\`${path.join('.')}\` must be a list of texts`);
    return [];
  }

  /** A whole number within bounds. */
  count(path: Path, least: number, most: number): number | undefined {
    const value = this.#value(path);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.refuse(path, `\`${path.join('.')}\` must be a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** Keys that nobody has asked for, those of maps below one by one. */
  unread(): readonly string[] {
    return isMap(this.#all) ? leaves(this.#all, '').filter((key) => !this.#asked.has(key)) : [];
  }

  #value(path: Path): unknown {
    this.#asked.add(path.join('.'));
    return valueAt(this.#all, path);
  }

  #problem(offset: number, what: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ at: `${this.path}:${Math.max(1, line)}:${Math.max(1, col)}`, what });
  }
}

const ODD = 'it is put together in a way that nobody writes by hand';

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nothing also for a key without a value. */
function valueAt(value: unknown, [key, ...below]: Path): unknown {
  if (key === undefined) return value ?? undefined;
  return isMap(value) && Object.hasOwn(value, key) ? valueAt(value[key], below) : undefined;
}

function leaves(value: unknown, above: string): readonly string[] {
  if (!isMap(value)) return [above];
  return Object.entries(value).flatMap(([key, below]) => leaves(below, above === '' ? key : `${above}.${key}`));
}
