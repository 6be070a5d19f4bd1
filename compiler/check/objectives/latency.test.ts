import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { latencyObjective } from './latency.ts';

const say = (options: Parameters<typeof fleet>[1]) =>
  problemsOf(eachFleet(latencyObjective), environment({ fleets: [fleet('eng/fixer', options)] }));

test('a target at its timeout can never be missed', () => {
  const bound = (boundMs: number) => ({ percentile: 0.95, boundMs });
  expect(say({ slo: { run: bound(900_000), queueWait: bound(600_000), assign: bound(600_000) } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.assign',
      problem:
        'error NT2524: `slo.assign` of `eng/fixer` can never be missed: p95 < 10m, but the queue timeout ends at 10m',
      related: ['fleet:eng/fixer#accepts.work.timeouts.queue: the longest queue timeout, of `work`'],
    },
    {
      at: 'fleet:eng/fixer#slo.queueWait',
      problem:
        'error NT2524: `slo.queueWait` of `eng/fixer` can never be missed: p95 < 10m, but the queue timeout ends at 10m',
      related: ['fleet:eng/fixer#accepts.work.timeouts.queue: the longest queue timeout, of `work`'],
    },
    {
      at: 'fleet:eng/fixer#slo.run',
      problem: 'error NT2524: `slo.run` of `eng/fixer` can never be missed: p95 < 15m, but the run timeout ends at 15m',
      related: ['fleet:eng/fixer#accepts.work.timeouts.run: the longest run timeout, of `work`'],
    },
  ]);
});

test('the longest timeout of all task types counts', () => {
  const accepts = {
    short: { some: { timeouts: { runMs: 1000 } } },
    work: {},
    tiny: { some: { timeouts: { runMs: 10 } } },
  };
  expect(say({ accepts, slo: { run: { percentile: 0.5, boundMs: 600_000 } } })).toEqual([]);
});

test('a promise of quick assignment by a fleet that may have no agents is reported where it was written', () => {
  expect(say({ scale: { min: 0 } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.assign',
      problem: 'warning NT2525: `eng/fixer` promises `p99 < 100ms` but may have no agents',
      related: ['fleet:eng/fixer#scale.min: it may have no agents'],
    },
  ]);
  expect(say({ scale: { min: 0 }, unwritten: ['slo.assign'] })).toEqual([]);
  expect(say({})).toEqual([]);
});
