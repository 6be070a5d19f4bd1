import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metrics } from '../../spec/contract/metrics.ts';
import { ofFleet, promText, series } from './series.ts';

test('a fleet is found by its id', () => {
  expect(ofFleet(series.queueDepth, 'eng/fixer')).toBe('nova_fleet:queue_depth:tasks{fleet="eng/fixer"}');
});

test('every series is made from metrics that are declared', () => {
  const declared = new Set(
    Object.entries(metrics).flatMap(([name, { type }]) =>
      type === 'histogram' ? [`${name}_sum`, `${name}_count`, `${name}_bucket`] : [name],
    ),
  );
  for (const { expr } of Object.values(series)) {
    const named = expr.match(/\bnova_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !declared.has(name))).toEqual([]);
  }
});

test('no two series have one name', () => {
  const names = Object.values(series).map(({ record }) => record);
  expect(new Set(names).size).toBe(names.length);
});

test('no text leaves its literal, and none can open a template', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
      const literal = promText(text);
      expect(literal).toMatch(/^"(?:[A-Za-z0-9 _./:-]|\\U[0-9a-f]{8})*"$/);
      const read = literal
        .slice(1, -1)
        .replace(/\\U([0-9a-f]{8})/g, (_, code: string) => String.fromCodePoint(parseInt(code, 16)));
      expect(read).toBe(text);
    }),
    { numRuns: 1000 },
  );
});
