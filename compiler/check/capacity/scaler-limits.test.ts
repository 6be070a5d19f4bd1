import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { scalerLimits } from './scaler-limits.ts';

const HOUR = 3_600_000;
const observability = {
  prometheus: 'https://prometheus.example',
  grafanaFolder: 'Agents',
  grafanaOutput: 'operator' as const,
};
const time = (cron: string, hours: number) => ({ cron, holdMs: hours * HOUR, tz: 'Etc/UTC', min: 2 });

test('an autoscaler looks back for an hour at most, and needs to know when a time ends', () => {
  const schedule = [time('0 8 * * 1-5', 8), time('0 8 * * *', 24), time('0 20 31 * *', 8), time('* * * * 9', 8)];
  const fleets = [
    fleet('eng/fixer', { scale: { min: 1, max: 4, downAfterMs: 2 * HOUR, schedule } }),
    fleet('eng/fixed', { scale: { min: 4, max: 4, downAfterMs: 2 * HOUR, schedule } }),
  ];
  expect(problemsOf(eachFleet(scalerLimits), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/fixer#scale.down.after',
      problem: 'error NT2551: `eng/fixer` waits 2h before agents go, but an autoscaler cannot wait longer than 1h',
    },
    {
      at: 'fleet:eng/fixer#scale.schedule.1.hold',
      problem: 'error NT2552: no scaler can end the time `0 8 * * *` after 1d: it would begin again before it ends',
    },
    {
      at: 'fleet:eng/fixer#scale.schedule.2.hold',
      problem: 'error NT2552: no scaler can end the time `0 20 31 * *` after 8h: it would end in another month',
    },
  ]);
});

test('only Prometheus can wake a fleet without agents', () => {
  const fleets = [fleet('eng/fixer', { scale: { min: 0, max: 4 } })];
  expect(problemsOf(eachFleet(scalerLimits), environment({ fleets }))).toEqual([
    {
      at: 'fleet:eng/fixer#scale.min',
      problem: 'warning NT2553: `eng/fixer` keeps one agent in `prod`: without Prometheus nothing would wake it',
    },
  ]);
  expect(problemsOf(eachFleet(scalerLimits), environment({ fleets, facts: { observability } }))).toEqual([]);
});
