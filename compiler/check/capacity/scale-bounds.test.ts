import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { scaleBounds } from './scale-bounds.ts';

test('a minimum above the maximum is reported, also one for a time', () => {
  const time = { cron: '0 8 * * 1-5', holdMs: 3_600_000, tz: 'Etc/UTC' };
  const where = environment({
    fleets: [
      fleet('eng/fixer', {
        scale: {
          min: 5,
          max: 4,
          schedule: [
            { ...time, min: 4 },
            { ...time, min: 6 },
          ],
        },
      }),
    ],
  });
  expect(problemsOf(eachFleet(scaleBounds), where)).toEqual([
    {
      at: 'fleet:eng/fixer#scale.min',
      problem: 'error NT2506: `eng/fixer` has at least 5 agents but at most 4',
      related: ['fleet:eng/fixer#scale.max: the most'],
    },
    {
      at: 'fleet:eng/fixer#scale.schedule.1.min',
      problem: 'error NT2506: `eng/fixer` has at least 6 agents but at most 4',
      related: ['fleet:eng/fixer#scale.max: the most'],
    },
  ]);
});

test('the defaults are fine', () => {
  expect(problemsOf(eachFleet(scaleBounds), environment())).toEqual([]);
});
