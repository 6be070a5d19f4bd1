import { codePointOf } from '../../spec/contract/text.ts';

/** Columns a text takes in a terminal: wide characters take two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += widthOfPoint(codePointOf(character));
  return width;
}

/** First and last code point of blocks whose characters take two columns. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function widthOfPoint(point: number): number {
  if (point < 0x300) return 1;
  if (/\p{Mark}/u.test(String.fromCodePoint(point))) return 0;
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}
