import { expect, test } from 'vitest';
import { environment, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { perKeyLimit } from './per-key-limit.ts';

const limits = (inFlight: number, max: number) => ({
  inFlight,
  perKey: { key: 'tenant', max, onFull: 'queue' as const },
});

test('a limit for each key at the limit for all never holds', () => {
  expect(problemsOf(perKeyLimit, environment({ routes: [route('eng/work', { limits: limits(4, 4) })] }))).toEqual([
    {
      at: 'route:eng/work#limits.perKey.max',
      problem: 'warning NT5053: the limit of 4 for each key never holds: route `eng/work` runs at most 4 in all',
      related: ['route:eng/work#limits.inFlight: the limit for all keys'],
    },
  ]);
});

test('a lower one, or only one of the two, is fine', () => {
  const routes = [
    route('eng/a', { limits: limits(4, 3) }),
    route('eng/b', { limits: { inFlight: 4 } }),
    route('eng/c'),
  ];
  expect(problemsOf(perKeyLimit, environment({ routes }))).toEqual([]);
});
