import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { blueGreen } from './blue-green.ts';

test('blue-green and memory exclude each other', () => {
  const memory = { sizeBytes: 1, path: '/x', keep: 'always' } as const;
  const fleets = [
    fleet('eng/a', { memory, rollout: { strategy: 'blue-green' } }),
    fleet('eng/b', { memory }),
    fleet('eng/c', { rollout: { strategy: 'blue-green' } }),
  ];
  expect(problemsOf(eachFleet(blueGreen), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/a#rollout.strategy',
      problem: 'error NT2545: `eng/a` cannot roll out blue-green: its agents have memory',
      related: ['fleet:eng/a#memory@key: its memory'],
    },
  ]);
});
