import { expect, test } from 'vitest';
import { gauge, join, recorded, timingsWithin } from './promql.ts';

test('a bound that is no bucket is refused, a whole one is asked for in both spellings', () => {
  const metric = 'nova_scheduler_assignment_duration_seconds';
  expect(timingsWithin(metric, 1).text).toBe(`${metric}_bucket{le=~"1(\\\\.0)?"}`);
  expect(timingsWithin(metric, 0.1).text).toBe(`${metric}_bucket{le="0.1"}`);
  expect(() => timingsWithin(metric, 0.123)).toThrow(new RangeError(`${metric} has no bucket 0.123`));
});

test('a label without a value is not asked for', () => {
  expect(recorded('a:b', { fleet: undefined } as never).text).toBe('a:b');
  expect(recorded('a:b', { fleet: 'x' }).text).toBe('a:b{fleet="x"}');
});

test('two queries are joined on all labels, or on those that are named', () => {
  const [a, b] = [recorded('a'), recorded('b')];
  expect(join(a, '/', b).text).toBe('a / b');
  expect(join(a, 'and', b, ['fleet', 'env']).text).toBe('a and on (fleet, env) b');
  expect(join(join(a, '-', b), '>', 3).text).toBe('(a - b) > 3');
});

test('a gauge is what it is now', () => {
  expect(gauge('ALERTS').text).toBe('ALERTS');
});
