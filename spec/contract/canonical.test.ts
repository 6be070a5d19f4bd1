import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical.ts';
import type { Json } from './source.ts';

test('keys are sorted by code unit at every depth, and nothing is in between', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x\u2028', '\u{1f600}': true, '\uffff': 0, '10': 1, '9': 2 })).toBe(
    '{"10":1,"9":2,"a":"x\u2028","b":[{"c":null,"d":1}],"\u{1f600}":true,"\uffff":0}',
  );
});

test('what is undefined is left out, in a list it is null', () => {
  expect(canonicalJson({ a: undefined, b: [undefined] } as unknown as Json)).toBe('{"b":[null]}');
});

test('a number that JSON cannot carry is a bug of ours', () => {
  expect(() => canonicalJson([Number.NaN])).toThrow('JSON cannot carry NaN');
});

test('the text means the same data, in whatever order it was built', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as Json);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value as Json))).toBe(text);
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}
