import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { routeLimits } from './route-limits.ts';

const say = (limits: Parameters<typeof route>[1] & object, perSecond: number) =>
  problemsOf(
    routeLimits,
    environment({
      fleets: [fleet('eng/fixer'), fleet('eng/other')],
      routes: [route('eng/work', limits)],
      arrivals: { work: perSecond },
    }),
  );

test('a rate below the arrivals lets the queue grow', () => {
  expect(say({ limits: { rate: { count: 60, perMs: 60_000 } } }, 2)).toEqual([
    {
      at: 'route:eng/work#limits.rate',
      problem: 'error NT2503: route `eng/work` starts at most 60/m, but 2/s arrive',
      related: ['environment:prod#arrivals.work: arrivals of `work`'],
    },
  ]);
});

test('a rate equal to the arrivals is enough, whatever the units', () => {
  expect(say({ limits: { rate: { count: 70, perMs: 3_600_000 } } }, 70 / 3600)).toEqual([]);
});

test('fewer tasks at once than the arrivals keep running let the queue grow, with the sum', () => {
  expect(say({ to: { 'eng/fixer': 1, 'eng/other': 1 }, limits: { inFlight: 10 } }, 0.1)).toEqual([
    {
      at: 'route:eng/work#limits.inFlight',
      problem: 'warning NT2504: route `eng/work` runs at most 10 tasks at once, but its arrivals keep 22.7 running',
      notes: [
        '180/h `work` keep 11.4 running, when a run of `eng/fixer` takes 3.8 min (a quarter of its run timeout of 15m)',
        '180/h `work` keep 11.4 running, when a run of `eng/other` takes 3.8 min (a quarter of its run timeout of 15m)',
      ],
      related: ['environment:prod#arrivals.work: arrivals of `work`'],
    },
  ]);
});

test('limits that let everything through, and none, are fine', () => {
  expect(say({ limits: { inFlight: 100, rate: { count: 1, perMs: 1000 } } }, 0.1)).toEqual([]);
  expect(say({}, 100)).toEqual([]);
});
