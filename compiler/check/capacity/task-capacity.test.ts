import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { taskCapacity } from './task-capacity.ts';

const two = [
  route('eng/a', { labels: { a: 'b' }, to: { 'eng/fixer': 1 } }),
  route('eng/b', { to: { 'eng/fixer': 1, 'eng/other': 1, 'eng/far': 1 } }),
];
const fleets = [
  fleet('eng/fixer'),
  fleet('eng/other', { scale: { max: 8 } }),
  fleet('eng/far', { accepts: { more: {} } }),
];

test('fleets that are together too small, however the tasks divide, are reported at the arrivals', () => {
  expect(problemsOf(taskCapacity, environment({ fleets, routes: two, arrivals: { work: 0.1 } }))).toEqual([
    {
      at: 'environment:prod#arrivals.work',
      problem: 'warning NT2502: the fleets for `work` hold 52.8% of the declared 360/h',
      notes: [
        '`eng/fixer` has 4 of the 22.7 slots it would take alone, when a run of `eng/fixer` takes 3.8 min (a quarter of its run timeout of 15m)',
        '`eng/other` has 8 of the 22.7 slots it would take alone, when a run of `eng/other` takes 3.8 min (a quarter of its run timeout of 15m)',
      ],
      related: [
        'fleet:eng/fixer#scale.max: the largest `eng/fixer`',
        'fleet:eng/other#scale.max: the largest `eng/other`',
      ],
    },
  ]);
});

test('enough fleets, one route only, and routes without a fleet are fine', () => {
  expect(problemsOf(taskCapacity, environment({ fleets, routes: two, arrivals: { work: 0.01 } }))).toEqual([]);
  expect(problemsOf(taskCapacity, environment({ fleets, routes: two.slice(1), arrivals: { work: 10 } }))).toEqual([]);
  const nobody = [route('eng/a', { to: {} }), route('eng/b', { to: {} })];
  expect(problemsOf(taskCapacity, environment({ fleets, routes: nobody, arrivals: { work: 10, other: 1 } }))).toEqual(
    [],
  );
});
