import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patternLiteral, stringLiteral } from './literal.ts';
import { aggregate, counter, gauge, over } from './promql.ts';

/** Names of the nodes that the parser of Prometheus' own editor sees. */
function nodesOf(query: string): string[] {
  const names: string[] = [];
  parser.parse(query).iterate({ enter: ({ name }) => void names.push(name) });
  return names;
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('"', '\\', "'", '`', '{', '}', '\n', '\r', '\u0000', '\u2028', '\ud800', '$', '#', 'a'),
  }),
);
const plain = nodesOf(aggregate('sum', over('rate', counter('nova_tasks_finished_total', { fleet: 'a' }), '5m')).text);

test('no text leaves its literal: the query keeps the shape it has with a harmless text', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const query = aggregate('sum', over('rate', counter('nova_tasks_finished_total', { fleet: text }), '5m'));
      expect(nodesOf(query.text)).toEqual(plain);
    }),
    { numRuns: 1000 },
  );
});

test('no list of texts leaves its literal', () => {
  const shape = nodesOf(gauge('nova_agents', { fleet: { oneOf: ['a'] } }).text);
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1 }), (texts) => {
      expect(nodesOf(gauge('nova_agents', { fleet: { oneOf: texts } }).text)).toEqual(shape);
    }),
    { numRuns: 1000 },
  );
});

test('a literal stands on one line and holds what JSON, whose escapes it uses, reads from it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(stringLiteral(text)).not.toMatch(/[\n\r\u2028\u2029]/);
      expect(JSON.parse(stringLiteral(text))).toBe(text);
    }),
  );
});

test('a pattern matches its texts and nothing else', () => {
  const pattern = new RegExp(`^(?:${JSON.parse(patternLiteral(['a.b', 'x|y'])) as string})$`);
  expect(['a.b', 'x|y', 'aXb', 'x', 'y'].map((text) => pattern.test(text))).toEqual([true, true, false, false, false]);
});
