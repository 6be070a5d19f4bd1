import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { singleFailure, successObjective } from './success.ts';

const say = (slo: Parameters<typeof fleet>[1] & object, perHour?: number) => {
  const arrivals = perHour === undefined ? {} : { arrivals: { work: perHour / 3600 } };
  const where = environment({ fleets: [fleet('eng/fixer', slo)], routes: [route('eng/work')], ...arrivals });
  return [eachFleet(successObjective), singleFailure].flatMap((rule) => problemsOf(rule, where));
};

test('a target of 100% leaves no errors to spend', () => {
  expect(say({ slo: { success: 1, windowMs: 1 } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.success',
      problem: 'error NT2520: the success target of `eng/fixer` is 100%, which leaves no errors to spend',
    },
  ]);
});

test('a window shorter than the slowest alert looks back contradicts it', () => {
  expect(say({ slo: { windowMs: 86_400_000 } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.window',
      problem: 'error NT2521: the objective of `eng/fixer` is counted over 1d, but its slowest alert looks back 3d',
    },
  ]);
  expect(say({ slo: { windowMs: 3 * 86_400_000 } })).toEqual([]);
});

test('a target so low that the page needs more than all tasks to fail never pages', () => {
  expect(say({ slo: { success: 0.93 } })).toEqual([
    {
      at: 'fleet:eng/fixer#slo.success',
      problem: 'warning NT2522: the page for `eng/fixer` can never fire: it needs 100.8% failures',
      notes: ['14.4 times the budget of 7% is more than all tasks; the target must be above 93.1%'],
    },
  ]);
  expect(say({ slo: { success: 0.94 } })).toEqual([]);
});

test('a single failure that pages at the declared traffic is reported with the figures', () => {
  expect(say({ slo: { success: 0.999 } }, 60)).toEqual([
    {
      at: 'fleet:eng/fixer#slo.success',
      problem: 'warning NT2523: at 60/h a single failure pages for `eng/fixer`',
      notes: [
        "one failure is 1.7% of an hour's tasks, and the page fires above 1.4%",
        'it takes 69.4/h until one failure is not enough, or a target of at most 99.8%',
      ],
    },
  ]);
  expect(say({ slo: { success: 0.999 } }, 70)).toEqual([]);
});

test('without declared traffic nothing is said about it', () => {
  expect(say({ slo: { success: 0.9999 } })).toEqual([]);
  expect(say({ slo: { success: 0.9999 } }, 0)).toEqual([]);
});

test('traffic of several task types counts together', () => {
  const busy = fleet('eng/fixer', { slo: { success: 0.999 }, accepts: { work: {}, more: {} } });
  const where = environment({
    fleets: [busy],
    routes: [route('eng/work'), route('eng/more', { tasks: ['more'] })],
    arrivals: { work: 0.01, more: 0.01 },
  });
  expect(problemsOf(singleFailure, where)).toEqual([]);
});
