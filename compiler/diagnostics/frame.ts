import type { Span } from '../../spec/contract/source.ts';
import { printable } from './clean.ts';
import type { Lines } from './position.ts';
import { widthOf } from './width.ts';

/** A source line ready to print, with the columns to underline. */
export interface Excerpt {
  readonly line: number;
  readonly column: number;
  readonly text: string;
  /** Columns before the underlined part, and its width; at least one. */
  readonly indent: number;
  readonly length: number;
}

/** Longest excerpt; a longer line is cut around the place. */
const WIDTH_MAX = 120;
const BEFORE_MAX = 60;

/** The line a span begins on. A span over several lines is underlined to the end of its first one. */
export function excerpt(lines: Lines, span: Span): Excerpt {
  const { line, column } = lines.positionOf(span.start);
  const end = lines.positionOf(span.end);
  const raw = lines.line(line);
  const from = Math.min(column - 1, raw.length);
  const to = end.line === line ? Math.max(end.column - 1, from) : raw.trimEnd().length;
  const { head, tail } = cut(raw.slice(0, from), raw.slice(Math.max(to, from)));
  const middle = shortened(expand(raw.slice(from, Math.max(to, from))));
  return {
    line,
    column,
    text: `${head}${middle}${tail}`.trimEnd(),
    indent: widthOf(head),
    length: Math.max(1, widthOf(middle)),
  };
}

function cut(before: string, after: string): { readonly head: string; readonly tail: string } {
  const head = before.length > BEFORE_MAX ? `…${expand(before.slice(-BEFORE_MAX))}` : expand(before);
  const room = WIDTH_MAX - BEFORE_MAX;
  return { head, tail: after.length > room ? `${expand(after.slice(0, room))}…` : expand(after) };
}

function shortened(middle: string): string {
  return middle.length > WIDTH_MAX ? `${middle.slice(0, WIDTH_MAX)}…` : middle;
}

/** A tab becomes two blanks: what follows stays aligned with the carets below. */
function expand(text: string): string {
  return printable(text.replaceAll('\t', '  '));
}
