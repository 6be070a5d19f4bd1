import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownText } from './markdown.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('$', '{', '}', '[', ']', '(', '<', '|', '`', '\n', '\u2028', '&', '#', ';', '\\', 'a'),
  }),
);

test('no text says anything to Grafana or Markdown: letters, digits, spaces, commas and entities are all there is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(markdownText(text).replace(/&#[0-9]{1,7};/g, '')).toMatch(/^[\p{L}\p{M}\p{N}\ufffd ,]*$/u);
    }),
    { numRuns: 1000 },
  );
});

test('a reader sees what was written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const shown = markdownText(text).replace(/&#([0-9]+);/g, (_, point) => String.fromCodePoint(Number(point)));
      expect(shown).toBe(text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '));
    }),
    { numRuns: 1000 },
  );
  expect(markdownText('costs $5, see [here](http://x)')).toBe(
    'costs &#36;5, see &#91;here&#93;&#40;http&#58;&#47;&#47;x&#41;',
  );
});
