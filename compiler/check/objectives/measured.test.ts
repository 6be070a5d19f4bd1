import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { measuredObjective } from './measured.ts';

const say = (options: Parameters<typeof fleet>[1]) =>
  problemsOf(eachFleet(measuredObjective), environment({ fleets: [fleet('eng/fixer', options)] }));
const p95 = (boundMs: number) => ({ percentile: 0.95, boundMs });

test('a target between two bounds is refused, and the bounds are named', () => {
  expect(say({ slo: { run: p95(45_000), assign: p95(80), queueWait: p95(7_200_000) } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.assign',
      problem:
        'error NT2527: `slo.assign` of `eng/fixer` cannot be measured: p95 < 80ms is not one of the bounds; the nearest are 75ms and 100ms',
    },
    {
      at: 'fleet:eng/fixer#slo.queueWait',
      problem:
        'error NT2527: `slo.queueWait` of `eng/fixer` cannot be measured: p95 < 2h is not one of the bounds; the nearest are 1h',
    },
    {
      at: 'fleet:eng/fixer#slo.run',
      problem:
        'error NT2527: `slo.run` of `eng/fixer` cannot be measured: p95 < 45s is not one of the bounds; the nearest are 30s and 1m',
    },
  ]);
});

test('a target on a bound is fine', () => {
  expect(say({ slo: { run: p95(2_400_000), assign: p95(100), queueWait: p95(500) } })).toEqual([]);
});

test('a target below the smallest bounds names them as they are', () => {
  expect(say({ slo: { assign: p95(2) } })[0]?.problem).toMatch(/the nearest are 1ms and 2\.5ms$/);
});
