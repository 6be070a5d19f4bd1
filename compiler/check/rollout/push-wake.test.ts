import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { pushWake } from './push-wake.ts';

test('a push fleet without agents is never woken', () => {
  const fleets = [
    fleet('eng/a', { agent: { delivery: 'push' }, scale: { min: 0 } }),
    fleet('eng/b', { agent: { delivery: 'push' } }),
    fleet('eng/c', { scale: { min: 0 } }),
  ];
  expect(problemsOf(eachFleet(pushWake), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/a#scale.min',
      problem: 'error NT2546: `eng/a` may have no agents, and nobody wakes it',
      related: ['fleet:eng/a#agent.delivery: the scheduler calls its agents'],
    },
  ]);
});
