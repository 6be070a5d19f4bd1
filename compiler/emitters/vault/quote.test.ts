import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Origin } from '../../core/origin.ts';
import { policyText } from './policy.ts';
import { goString, hclString } from './quote.ts';

const at: Origin = { document: { file: 'f', locate: () => ({ file: 'f', start: 0, end: 0 }) }, path: [] };

/** Characters that could end a literal or begin something else, more often than chance would give them. */
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom('"', '\\', '${', '%{', '{{', '}}', '\n', '\r', '\u2028', '\u0000', '\b', '\f', '\u007f', '`', '*'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
  { maxLength: 12 },
);
const text = hostile.map((parts) => parts.join(''));

/** One HCL literal: nothing but plain characters and the escapes of the language between the quotes. */
const HCL_LITERAL =
  /^"(?:[^"\\\u0000-\u001f\u007f-\u009f\u2028\u2029$%]|[$%](?!\{)|\$\$\{|%%\{|\\(?:[nrt"\\]|u[0-9a-f]{4}))*"$/;

/** One interpreted string of Go without any brace. */
const GO_LITERAL = /^"(?:[^"\\{}\u0000-\u001f\u007f-\u009f\u2028\u2029]|\\(?:[bfnrt"\\]|u[0-9a-f]{4}|x7[bd]))*"$/;

test('no text leaves its HCL literal', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(hclString(value)).toMatch(HCL_LITERAL);
    }),
    { numRuns: 1000 },
  );
});

test('no text leaves its string in a Go template', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(goString(value)).toMatch(GO_LITERAL);
    }),
    { numRuns: 1000 },
  );
});

test('what is plain stays as it is', () => {
  expect(hclString('kv/data/engineering/signing')).toBe('"kv/data/engineering/signing"');
  expect(goString('api_key')).toBe('"api_key"');
});

test('escapes are those of the language', () => {
  expect(hclString('a"b\\c${d}%{e}\b')).toBe('"a\\"b\\\\c$${d}%%{e}\\u0008"');
  expect(goString('{{ evil }}"')).toBe('"\\x7b\\x7b evil \\x7d\\x7d\\""');
});

test('whatever a path says, a policy has one rule on each line and only two ways of access', () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (engine, path, leased) => {
      const place = leased ? { engine, path, lease: { ms: 1, at } } : { engine, path };
      const lines = policyText([place], { revokes: leased }).trimEnd().split('\n');
      expect(lines).toHaveLength(5);
      for (const line of lines) expect(line).toMatch(/^path ".*" \{ capabilities = \["(read|update)"\] \}$/);
    }),
    { numRuns: 1000 },
  );
});
