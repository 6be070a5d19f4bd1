import { sure } from '../../spec/contract/sure.ts';

/** Leading byte, how many follow, and the bounds of the first that follows: overlong forms and surrogates are out. */
const SEQUENCES: readonly (readonly [first: number, last: number, more: number, least: number, most: number])[] = [
  [0xc2, 0xdf, 1, 0x80, 0xbf],
  [0xe0, 0xe0, 2, 0xa0, 0xbf],
  [0xe1, 0xec, 2, 0x80, 0xbf],
  [0xed, 0xed, 2, 0x80, 0x9f],
  [0xee, 0xef, 2, 0x80, 0xbf],
  [0xf0, 0xf0, 3, 0x90, 0xbf],
  [0xf1, 0xf3, 3, 0x80, 0xbf],
  [0xf4, 0xf4, 3, 0x80, 0x8f],
];

/** Offset of the first byte at which a sequence that is not UTF-8 begins; the length when there is none. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = sure(bytes[at], 'the byte at the place');
  if (lead < 0x80) return 1;
  const sequence = SEQUENCES.find(([first, last]) => lead >= first && lead <= last);
  if (sequence === undefined) return 0;
  const [, , more, least, most] = sequence;
  for (let index = 1; index <= more; index++) {
    const byte = bytes[at + index] ?? 0;
    if (byte < (index === 1 ? least : 0x80) || byte > (index === 1 ? most : 0xbf)) return 0;
  }
  return more + 1;
}
