import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { fleetCapacity } from './fleet-capacity.ts';

const hour = 1 / 3600;

test('a fleet whose share of the arrivals keeps more slots busy than it has is too small, with the sum', () => {
  const where = environment({
    fleets: [
      fleet('eng/fixer', { scale: { max: 2 }, slo: { success: 0.9, run: { percentile: 0.95, boundMs: 600_000 } } }),
      fleet('eng/other'),
    ],
    routes: [route('eng/work', { to: { 'eng/fixer': 3, 'eng/other': 1 } })],
    arrivals: { work: 24 * hour },
  });
  expect(problemsOf(fleetCapacity, where)).toEqual([
    {
      at: 'fleet:eng/fixer#scale.max',
      problem: 'warning NT2501: `eng/fixer` needs 3.3 slots for the declared arrivals and has at most 2',
      notes: [
        '18/h `work` through route `eng/work` keep 3.3 slots busy, when a run of `eng/fixer` takes 10m (`slo.run` is p95 < 10m)',
        '2 agents with 1 slot are 2; 4 agents would do',
      ],
      related: ['environment:prod#arrivals.work: arrivals of `work`'],
    },
  ]);
});

test('without an objective a run counts a quarter of its timeout, and the message says so', () => {
  const where = environment({
    fleets: [
      fleet('eng/fixer', {
        agent: { slots: 3 },
        accepts: { work: {}, more: { some: { timeouts: { runMs: 28_800_000 } } } },
      }),
    ],
    routes: [route('eng/work'), route('eng/more', { tasks: ['more'] })],
    arrivals: { work: 2, more: 60 * hour },
  });
  expect(problemsOf(fleetCapacity, where)[0]).toMatchObject({
    problem: 'warning NT2501: `eng/fixer` needs 576 slots for the declared arrivals and has at most 12',
    notes: [
      '2/s `work` through route `eng/work` keep 455 slots busy, when a run of `eng/fixer` takes 3.8 min (a quarter of its run timeout of 15m)',
      '60/h `more` through route `eng/more` keep 121 slots busy, when a run of `eng/fixer` takes 2 h (a quarter of its run timeout of 8h)',
      '4 agents with 3 slots are 12; 192 agents would do',
    ],
  });
});

test('an objective above the timeout is not believed, and a short run is told in seconds', () => {
  const some = { timeouts: { runMs: 60_000 } };
  const slow = fleet('eng/fixer', { accepts: { work: { some } }, slo: { run: { percentile: 0.5, boundMs: 120_000 } } });
  const where = environment({ fleets: [slow], routes: [route('eng/work')], arrivals: { work: 1 } });
  expect(problemsOf(fleetCapacity, where)[0]?.notes?.[0]).toBe(
    '1/s `work` through route `eng/work` keep 15.2 slots busy, when a run of `eng/fixer` takes 15 s (a quarter of its run timeout of 1m)',
  );
});

test('a fleet that is large enough, or whose share nobody knows, is fine', () => {
  const little = { arrivals: { work: hour } };
  expect(problemsOf(fleetCapacity, environment({ ...little, routes: [route('eng/work')] }))).toEqual([]);
  expect(
    problemsOf(
      fleetCapacity,
      environment({ arrivals: { work: 100 }, routes: [route('eng/a', { labels: { a: 'b' } }), route('eng/b')] }),
    ),
  ).toEqual([]);
  expect(problemsOf(fleetCapacity, environment({ arrivals: { work: 100 } }))).toEqual([]);
});
