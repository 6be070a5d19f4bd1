import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { canaryTraffic } from './canary-traffic.ts';

const canary = fleet('eng/fixer', { rollout: { strategy: 'canary' } });

test('a canary that only a weight of zero leads to has nothing to be judged by', () => {
  expect(
    problemsOf(
      canaryTraffic,
      environment({
        fleets: [canary, fleet('eng/other')],
        routes: [route('eng/work', { to: { 'eng/fixer': 0, 'eng/other': 1 } })],
      }),
    ),
  ).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.strategy',
      problem: 'warning NT5032: `eng/fixer` rolls out as a canary, but no route sends tasks to it',
    },
  ]);
});

test('that a route has no weight but zeros is said of the route alone', () => {
  const routes = [route('eng/work', { to: { 'eng/fixer': 0 } })];
  expect(problemsOf(canaryTraffic, environment({ fleets: [canary], routes }))).toEqual([]);
});

test('a canary with tasks, and a fleet without a canary, are fine', () => {
  expect(
    problemsOf(canaryTraffic, environment({ fleets: [canary, fleet('eng/other')], routes: [route('eng/work')] })),
  ).toEqual([]);
});
