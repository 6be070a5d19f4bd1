import { sure } from '../../spec/contract/sure.ts';

/** Longest word that is compared; longer ones are never typing mistakes. */
const LENGTH_MAX = 100;

/**
 * The candidate a person most likely meant by `word`: fewest edits (insert, delete, replace, swap neighbours), at most
 * two fifths of the word and never more than three; the first in code-unit order among equals. Nothing when none is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  let best: string | undefined;
  let bound = Math.min(3, Math.max(1, Math.floor(word.length * 0.4)));
  for (const candidate of candidates) {
    if (candidate === word || Math.abs(candidate.length - word.length) > bound) continue;
    const distance = edits(word.toLowerCase(), candidate.toLowerCase());
    if (distance > bound || (distance === bound && best !== undefined && candidate >= best)) continue;
    best = candidate;
    bound = distance;
  }
  return best;
}

/** Optimal string alignment distance: three rows are enough. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) least = Math.min(least, at(before, column - 2) + 1);
      current.push(least);
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], column: number): number {
  return sure(row[column], 'a cell of the row');
}
