import { expect, test } from 'vitest';
import { environment, facts } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { snapshots } from './snapshots.ts';

const say = (snapshotEveryMs: number) =>
  problemsOf(snapshots, environment({ facts: { dragonfly: { ...facts.dragonfly, snapshotEveryMs } } }));

test('snapshots as often as cron can come back evenly are fine', () => {
  expect([60_000, 300_000, 3_600_000, 86_400_000].flatMap(say)).toEqual([]);
});

test('what cron would round is refused, with the nearest that it keeps', () => {
  expect(say(5_400_000)).toEqual([
    {
      at: 'environment:prod#dragonfly.snapshotEvery',
      problem: 'error NT2061: no snapshot can be written every 90m; every 1h can',
    },
  ]);
});
