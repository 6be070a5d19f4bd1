import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { linearPattern } from './linear-pattern.ts';
import { patternProblem } from './pattern.ts';

const translated = (pattern: string) => {
  const linear = linearPattern(pattern);
  return typeof linear === 'string' ? linear : linear.text;
};

test('a pattern is refused for what it cannot be, in words', () => {
  expect(
    Object.fromEntries(
      [
        'a'.repeat(257),
        '(',
        '^a{1001}$',
        '^(?:a{1,900}b){3}$',
        '\\p{Script=Greek}',
        '\\p{Lowercase}+',
        '\\ud800',
        '[\\udc00]',
        'a(?=b)',
        '(?<n>a)\\k<n>',
        '(a|b)*c',
      ].map((pattern) => [pattern.slice(0, 20), patternProblem(pattern)]),
    ),
  ).toEqual({
    ['a'.repeat(20)]: 'it is longer than 256 characters',
    '(': 'it is not a regular expression',
    '^a{1001}$': 'it repeats something more than 1000 times',
    '^(?:a{1,900}b){3}$': 'it has more than 2000 states, repetitions counted',
    '\\p{Script=Greek}': 'it names a property of characters that is no general category',
    '\\p{Lowercase}+': 'it names a property of characters that is no general category',
    '\\ud800': 'it holds half of a character',
    '[\\udc00]': 'it holds half of a character',
    'a(?=b)': 'it looks ahead or behind',
    '(?<n>a)\\k<n>': 'it refers back to a group',
    '(a|b)*c': 'it repeats a group that can match the same text in many ways',
  });
});

test('states count repetitions as often as they repeat', () => {
  const states = (pattern: string) => (linearPattern(pattern) as { states: number }).states;
  expect(states('^[a-z]{0,251}$')).toBe(states('^[a-z]$') + 251);
  expect(states('(?:ab){10,}')).toBeGreaterThan(2 * 11);
});

test('what means something else to the linear engine is written out', () => {
  expect(translated('.\\s[\\s\\S][^][]')).toContain('[^\\n\\r\\x{2028}\\x{2029}]');
  expect(translated('(?<year>[0-9]{4})-\\u{1F600}\\ud83d\\ude00')).toBe(
    '(?:[\\x{30}-\\x{39}]{4})\\x{2d}\\x{1f600}\\x{1f600}',
  );
});

/** Patterns of everything a schema may use, beside texts that are likely to match. */
const atom = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '-',
    '@',
    ' ',
    'é',
    '😀',
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '\\.',
    '\\/',
    '\\-'.slice(1),
  ),
  fc.constantFrom(
    '\\u00e9',
    '\\u{1F600}',
    '\\ud83d\\ude00',
    '\\x41',
    '\\cJ',
    '\\0',
    '\\t',
    '\\v',
    '\\p{L}',
    '\\P{Nd}',
    '\\p{Zs}',
  ),
  fc.constantFrom(
    '[]',
    '[^]',
    '[a-c]',
    '[^a-c]',
    '[\\s\\d]',
    '[^\\S]',
    '[-a]',
    '[a-]',
    '[\\b]',
    '[\\u{1F600}-\\u{1F64F}]',
    '[[.*]',
    '[\\W_]',
    '[\\]\\\\^]',
  ),
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '+?');
// Without `\B`, which V8 finds between the halves of one character.
const assertion = fc.constantFrom('^', '$', '\\b');
const { sequence } = fc.letrec<{ sequence: string; group: string; term: string }>((tie) => ({
  sequence: fc
    .array(fc.oneof({ weight: 5, arbitrary: tie('term') }, { weight: 1, arbitrary: assertion }), { maxLength: 4 })
    .map((terms) => terms.join('')),
  group: fc
    .tuple(fc.constantFrom('(', '(?:'), fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }))
    .map(([open, choices]) => `${open}${choices.join('|')})`),
  term: fc
    .tuple(fc.oneof({ weight: 5, arbitrary: atom }, { weight: 1, arbitrary: tie('group') }), quantifier)
    .map((parts) => parts.join('')),
}));
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      '1',
      '_',
      '-',
      '@',
      '.',
      '/',
      ' ',
      '\n',
      '\r',
      '\v',
      '\0',
      '\b',
      '\u00a0',
      '\u2028',
      '\ufeff',
      'é',
      '😀',
      '[',
      '\\',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

test('the linear engine finds what the engine of JavaScript finds', () => {
  let found = 0;
  let missed = 0;
  fc.assert(
    fc.property(sequence, fc.array(text, { minLength: 4, maxLength: 12 }), (pattern, texts) => {
      const native = new RegExp(pattern, 'u');
      const linear = linearPattern(pattern);
      if (linear === 'it has more than 2000 states, repetitions counted') return;
      if (typeof linear === 'string') throw new Error(`${pattern}: ${linear}`);
      const engine = RE2JS.compile(linear.text);
      for (const one of texts) {
        const matches = native.test(one);
        expect([pattern, one, engine.test(one)]).toEqual([pattern, one, matches]);
        if (matches) found += 1;
        else missed += 1;
      }
    }),
    { numRuns: 4000 },
  );
  expect(found).toBeGreaterThan(1000);
  expect(missed).toBeGreaterThan(1000);
});

test('whatever is accepted is a pattern of the linear engine, of about as many states', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(sequence, fc.string({ maxLength: 12 })), (pattern) => {
      if (patternProblem(pattern) !== undefined) return;
      accepted += 1;
      const { text: written, states } = linearPattern(pattern) as { text: string; states: number };
      expect(RE2JS.compile(written).programSize()).toBeLessThan(4 * states + 8);
    }),
    { numRuns: 3000 },
  );
  expect(accepted).toBeGreaterThan(1000);
});
