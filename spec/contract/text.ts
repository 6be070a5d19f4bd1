import { sure } from './sure.ts';

/** The order of two texts by code units: the same on any machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The code point that a text begins with. */
export function codePointOf(character: string): number {
  return sure(character.codePointAt(0), 'the first character of a text');
}
