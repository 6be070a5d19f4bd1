import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstInvalidByte } from './utf8.ts';

test('the first invalid byte is found, whatever makes it invalid', () => {
  const cases: readonly (readonly [readonly number[], number])[] = [
    [[0x61, 0xff], 1],
    [[0xc0, 0xaf], 0],
    [[0x61, 0x62, 0xed, 0xa0, 0x80], 2],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xe2, 0x82], 0],
    [[0xe2, 0x82, 0xac, 0x80], 3],
  ];
  for (const [bytes, offset] of cases) expect(firstInvalidByte(Uint8Array.from(bytes))).toBe(offset);
});

test('it agrees with Node on what is valid', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(firstInvalidByte(bytes) === bytes.length).toBe(isUtf8(bytes));
      },
    ),
    { numRuns: 2000 },
  );
});
