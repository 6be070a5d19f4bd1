import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readReason, reasonText } from './reason-text.ts';

const kept = (text: string): string => readReason(reasonText(text));

test('a reason is kept as it was written, on one line', () => {
  for (const text of ['not needed any more', 'größe|x 100 %', '50%20off', 'ärger: „warum?“ 👩‍🚒', 'می‌خواهم']) {
    expect(kept(text)).toBe(text);
  }
  expect(kept(' first\r\n\tsecond\u202e ')).toBe('first second');
  expect([kept('\u0000\ud800'), kept('')]).toEqual(['other', 'other']);
  expect([...kept('👍'.repeat(300))]).toHaveLength(200);
});

test('what an earlier version kept is read as it is', () => {
  for (const text of ['the_disk_is_full', '100%_full', 'cut_in_the_midst%C3']) expect(readReason(text)).toBe(text);
});

test('any text becomes one that the store takes, and comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      expect(reasonText(text)).toMatch(/^[!-{}~]{1,2400}$/);
      expect(kept(kept(text))).toBe(kept(text));
    }),
  );
});
