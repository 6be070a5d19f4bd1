import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reasonText } from './reason-text.ts';

test('a reason stays readable', () => {
  expect(reasonText('not needed any more')).toBe('not_needed_any_more');
  expect(reasonText('incident-42: paused by ops')).toBe('incident-42:_paused_by_ops');
  expect(reasonText(' größe|x ')).toBe('gr_e_x');
  expect(reasonText('…')).toBe('other');
});

test('any text becomes a token text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(reasonText(text)).toMatch(/^[!-{}~]{1,96}$/);
    }),
  );
});
