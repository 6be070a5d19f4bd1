import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { heartbeat } from './heartbeat.ts';

test('a silence as long as the run is never noticed', () => {
  const some = { timeouts: { runMs: 30_000, heartbeatMs: 30_000 } };
  expect(
    problemsOf(eachFleet(heartbeat), environment({ fleets: [fleet('eng/fixer', { accepts: { work: { some } } })] })),
  ).toEqual([
    {
      at: 'fleet:eng/fixer#accepts.work.timeouts.heartbeat',
      problem: 'warning NT5055: `eng/fixer` may be silent for 30s during a `work` that may run for 30s',
    },
  ]);
});

test('the defaults are fine', () => {
  expect(problemsOf(eachFleet(heartbeat), environment())).toEqual([]);
});
