import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { ports } from './ports.ts';

test('two servers on one port are reported', () => {
  const fleets = [fleet('eng/a', { agent: { ports: { http: 9464 } } }), fleet('eng/b')];
  expect(problemsOf(eachFleet(ports), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/a#agent.ports.metrics',
      problem: 'error NT2549: `eng/a` serves tasks and metrics on port 9464',
      related: ['fleet:eng/a#agent.ports.http: the other port'],
    },
  ]);
});
