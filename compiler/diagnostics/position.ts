import { sure } from '../../spec/contract/sure.ts';

/** A place as people say it: both from 1; columns count UTF-16 code units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Lines of one text. A leading byte order mark has no column; `\r\n` and `\n` end a line. */
export interface Lines {
  readonly count: number;
  positionOf(offset: number): Position;
  /** The text of a line from 1, without its end and without a byte order mark. */
  line(number: number): string;
}

/** Finds lines by halving, so that many places in one file stay cheap. */
export function linesOf(text: string): Lines {
  const starts = [text.startsWith('\uFEFF') ? 1 : 0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  const startOf = (line: number) => starts[line - 1] ?? text.length;
  return {
    count: starts.length,
    positionOf: (offset) => {
      const inside = Math.min(Math.max(offset, 0), text.length);
      const line = lastAtOrBefore(starts, inside) + 1;
      return { line, column: Math.max(0, inside - startOf(line)) + 1 };
    },
    line: (number) => {
      const end = number < starts.length ? startOf(number + 1) - 1 : text.length;
      return text.slice(startOf(number), end).replace(/\r$/, '');
    },
  };
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sure(starts[middle], 'the start of a line') <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
