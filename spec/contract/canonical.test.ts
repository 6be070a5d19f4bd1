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

test('keys that JavaScript orders or takes in its own way are keys like others', () => {
  const numbers = JSON.parse('{"2":0,"10":{"4294967295":1,"012345678901":2},"a":-0}') as Json;
  expect(canonicalJson(numbers)).toBe('{"10":{"012345678901":2,"4294967295":1},"2":0,"a":0}');
  expect(canonicalJson(JSON.parse('{"b":{"__proto__":[1],"a":1}}') as Json)).toBe('{"b":{"__proto__":[1],"a":1}}');
});

test('the text is what a plain writer of sorted keys makes of it', () => {
  const key = fc.oneof(
    fc.string(),
    fc.nat().map(String),
    fc.constantFrom('__proto__', 'constructor', '', '01', '4294967295'),
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false, -0, 1e21, 1e-7),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value')),
      fc.array(fc.tuple(key, tie('value'))).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(
    fc.property(value, (one) => void expect(canonicalJson(one)).toBe(plainly(one))),
    { numRuns: 1000 },
  );
});

function plainly(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one: Json) => plainly(one)).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${plainly(one)}`).join(',')}}`;
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}
