import { expect, test } from 'vitest';
import { condition, environment, fleet, route, schedule } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { scheduleRoute } from './schedule-route.ts';

test('a schedule that no route takes says which rule refuses it', () => {
  const picky = route('eng/work', { where: condition("input.lang == 'sv'"), labels: { kind: 'cron' } });
  expect(
    problemsOf(
      scheduleRoute,
      environment({
        routes: [picky, route('eng/other', { tasks: ['other'] })],
        schedules: [schedule('eng/nightly', { labels: { kind: 'x' } })],
      }),
    ),
  ).toEqual([
    {
      at: 'schedule:eng/nightly',
      problem: 'error NT5070: no route takes the tasks of schedule `eng/nightly`',
      notes: ["route `eng/work`: its label `kind` is `x`, not `cron`; `input.lang == 'sv'` does not hold"],
    },
  ]);
});

test('a task type nobody accepts is reported at its name, with the nearest one', () => {
  const where = environment({
    routes: [route('eng/work')],
    schedules: [schedule('eng/a', { task: 'wrok' }), schedule('eng/b', { task: 'banana' })],
  });
  expect(problemsOf(scheduleRoute, where)).toEqual([
    {
      at: 'schedule:eng/a#task',
      problem: 'error NT5070: no route takes the tasks of schedule `eng/a`',
      label: 'did you mean `work`?',
      notes: ['no fleet accepts `wrok`'],
    },
    {
      at: 'schedule:eng/b#task',
      problem: 'error NT5070: no route takes the tasks of schedule `eng/b`',
      notes: ['no fleet accepts `banana`'],
    },
  ]);
});

test('a schedule that is routed, and one whose task type has no route at all, are fine here', () => {
  const fleets = [fleet('eng/fixer', { accepts: { work: {}, other: {} } })];
  const schedules = [schedule('eng/a'), schedule('eng/b', { task: 'other' })];
  expect(problemsOf(scheduleRoute, environment({ fleets, routes: [route('eng/work')], schedules }))).toEqual([]);
});

test('nothing is tried without schedules, or while a template does not parse', () => {
  const broken = route('eng/work', { dedupe: { key: '{x', windowMs: 1, onHit: 'join' } });
  expect(
    problemsOf(scheduleRoute, environment({ routes: [broken], schedules: [schedule('eng/a', { task: 'x' })] })),
  ).toEqual([]);
  expect(problemsOf(scheduleRoute, environment({ routes: [broken] }))).toEqual([]);
});
