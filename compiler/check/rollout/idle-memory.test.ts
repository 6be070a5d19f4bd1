import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { idleMemory } from './idle-memory.ts';

test('memory that goes with its agents is lost whenever the fleet is idle', () => {
  const memory = { sizeBytes: 1, path: '/x', keep: 'while-deployed' } as const;
  const fleets = [
    fleet('eng/a', { memory, scale: { min: 0 } }),
    fleet('eng/b', { memory }),
    fleet('eng/c', { memory: { ...memory, keep: 'always' }, scale: { min: 0 } }),
    fleet('eng/d', { scale: { min: 0 } }),
  ];
  expect(problemsOf(eachFleet(idleMemory), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/a#memory.keep',
      problem: 'warning NT2548: `eng/a` loses its memory whenever it is idle',
      related: ['fleet:eng/a#scale.min: it may have no agents'],
    },
  ]);
});
