import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { NotIJson, readIJson } from './i-json.ts';

const LIMITS = { depth: 8, keys: 100 };

function read(text: string | Uint8Array): unknown {
  try {
    return readIJson(typeof text === 'string' ? Buffer.from(text) : text, LIMITS);
  } catch (error) {
    if (error instanceof NotIJson) return `refused: ${error.message}`;
    throw error;
  }
}

test.for<readonly [text: string | Uint8Array, answer: unknown]>([
  ['', undefined],
  ['{"a":[1,{"b":null}]}', { a: [1, { b: null }] }],
  ['\ufeff{"a":1}', { a: 1 }],
  ['{"a":1,"a":2}', 'refused: the name "a" stands twice in an object'],
  ['{"x":{"a":1,"\\u0061":2}}', 'refused: the name "a" stands twice in an object'],
  ['{"a":{"b":1},"c":[{"b":1},{"b":2}]}', { a: { b: 1 }, c: [{ b: 1 }, { b: 2 }] }],
  ['{"a:b":"c:d","\\"":"\\\\"}', { 'a:b': 'c:d', '"': '\\' }],
  ['9007199254740993', 'refused: a whole number loses digits; send it as a string'],
  ['{"n":-100000000000000000001}', 'refused: a whole number loses digits; send it as a string'],
  [
    '[9007199254740992, 6.02214076e23, "12345678901234567890", 0.25]',
    [9007199254740992, 6.02214076e23, '12345678901234567890', 0.25],
  ],
  ['[1e400]', 'refused: a number is beyond all bounds'],
  ['-1e400', 'refused: a number is beyond all bounds'],
  [`{"a":${'9'.repeat(400)},"a":1}`, 'refused: a number is beyond all bounds'],
  ['"\\ud800"', 'refused: a text has half a character'],
  ['{"a":["\\udc00"]}', 'refused: a text has half a character'],
  ['{"\\ud800":1}', 'refused: a name has half a character'],
  ['"\\ud83d\\ude00"', '😀'],
  ['{"__proto__":{"a":1}}', 'refused: names like `__proto__` are not taken'],
  ['{"a":{"constructor":{"prototype":{}}}}', 'refused: names like `__proto__` are not taken'],
  ['{"constructor":"Ferrari"}', { constructor: 'Ferrari' }],
  ['{"constructor":{"name":"Ferrari"}}', { constructor: { name: 'Ferrari' } }],
  ['{"constructor":null}', { constructor: null }],
  [new Uint8Array([0x22, 0xff, 0x22]), 'refused: the body is not UTF-8'],
  [new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'refused: the body is not UTF-8'],
  ['{"a":1,}', 'refused: the body is not JSON'],
  ['{} {}', 'refused: the body is not JSON'],
  ['[[[[[[[[1]]]]]]]]', [[[[[[[[1]]]]]]]]],
  ['[[[[[[[[[1]]]]]]]]]', 'refused: at most 8 levels'],
  [`[${'['.repeat(30_000)}${']'.repeat(30_000)}]`, 'refused: at most 8 levels'],
  [JSON.stringify(Array.from({ length: 101 }, () => ({ a: 1 }))), 'refused: at most 100 keys'],
])('%s', ([text, answer]) => {
  expect(read(text)).toEqual(answer);
});

test('what every reader reads alike is read as JSON.parse reads it', () => {
  const value = fc.jsonValue({ noUnicodeString: false, maxDepth: 5 });
  fc.assert(
    fc.property(value, fc.nat(3), (one, indent) => {
      const text = JSON.stringify(one, undefined, indent);
      fc.pre(!text.includes('__proto__') && !/\\ud[89a-f]/.test(text) && !/\d{16}/.test(text));
      expect(readIJson(Buffer.from(text), { depth: 32, keys: 10_000 })).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('a large body is looked at in a moment', () => {
  const hostile = [
    `{${'"a":1,'.repeat(10_000)}"a":2}`,
    `[${'"\\\\\\""," ",'.repeat(6000)}"x"]`,
    `"${'\\"'.repeat(32_000)}"`,
    `[${'1234567890123456,'.repeat(3800)}1]`,
  ];
  const before = process.cpuUsage();
  for (const text of hostile) read(text);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
});
