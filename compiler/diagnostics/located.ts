import type { SourceFile, Span } from '../../spec/contract/source.ts';
import { linesOf } from './position.ts';
import type { Lines } from './position.ts';

/** A span as printers say it: lines and columns from 1, the end exclusive. */
export interface Located {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Finds lines and columns in `files`; each text is split once, and only when a place in it is asked for. */
export function locator(files: readonly SourceFile[]): (span: Span) => Located {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const known = new Map<string, Lines>();
  return ({ file, start, end }) => {
    const lines = known.get(file) ?? linesOf(texts.get(file) ?? '');
    known.set(file, lines);
    const from = lines.positionOf(start);
    const to = lines.positionOf(Math.max(start, end));
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  };
}
