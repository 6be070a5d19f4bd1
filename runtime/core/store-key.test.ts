import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storeKey } from './store-key.ts';

test('a short plain text is its own key', () => {
  expect(storeKey('acme/repo:7')).toBe('acme/repo:7');
});

test('any other text becomes a digest', () => {
  expect(storeKey('a|b')).toMatch(/^#[A-Za-z0-9_-]{32}$/);
  expect(storeKey('')).toMatch(/^#/);
  expect(storeKey('x'.repeat(65))).toMatch(/^#/);
});

test('every text gives a token text, and two texts give two', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(storeKey(a)).toMatch(/^[!-{}~]{1,96}$/);
      expect(storeKey(a) === storeKey(b)).toBe(a === b);
    }),
  );
});
