import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { drain } from './drain.ts';

const say = (options: Parameters<typeof fleet>[1]) =>
  problemsOf(eachFleet(drain), environment({ fleets: [fleet('eng/fixer', options)] }));
const short = { drainMs: 600_000 };

test('a drain that somebody wrote, shorter than the longest run, is reported', () => {
  const accepts = { work: {}, long: { some: { timeouts: { runMs: 3_600_000 } } } };
  expect(say({ accepts, rollout: short })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.drain',
      problem: 'warning NT2547: `eng/fixer` drains for 10m, but a `long` may run for 1h',
      related: ['fleet:eng/fixer#accepts.long@key: `long` is accepted here'],
    },
  ]);
});

test('two defaults that meet are not, unless half a run leaves traces outside', () => {
  const unwritten = ['rollout.drain'];
  expect(say({ rollout: short, unwritten })).toEqual([]);
  const external = { some: { effects: 'external' } } as const;
  expect(
    say({ accepts: { long: { some: { timeouts: { runMs: 7_200_000 } } }, work: external }, rollout: short, unwritten }),
  ).toEqual([
    {
      at: 'fleet:eng/fixer',
      problem: 'warning NT2547: `eng/fixer` drains for 10m, but a `work` may run for 15m',
      notes: ['the task has external effects: after half a run it waits for a person'],
      related: ['fleet:eng/fixer#accepts.work@key: `work` is accepted here'],
    },
  ]);
});

test('a drain as long as the longest run is fine', () => {
  expect(say({})).toEqual([]);
});
