import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { unroutedTask } from './unrouted-task.ts';

test('a task type that no route takes is reported where the fleet accepts it', () => {
  const where = environment({
    fleets: [fleet('eng/fixer', { accepts: { bug_fix: {}, work: {} } })],
    routes: [route('eng/work')],
  });
  expect(problemsOf(unroutedTask, where)).toEqual([
    {
      at: 'fleet:eng/fixer#accepts.bug_fix@key',
      problem: 'error NT5001: `eng/fixer` accepts `bug_fix`, but no route takes it',
    },
  ]);
});

test('a route for a similar name is mentioned', () => {
  const where = environment({
    fleets: [fleet('eng/fixer', { accepts: { bug_fix: {} } })],
    routes: [route('eng/work', { tasks: ['bug_fux'], to: { 'eng/other': 100 } })],
  });
  expect(problemsOf(unroutedTask, where)[0]?.notes).toEqual(['a route takes `bug_fux`']);
});

test('a routed task type is fine', () => {
  expect(problemsOf(unroutedTask, environment({ routes: [route('eng/work')] }))).toEqual([]);
});

test('a route to the fleet that takes what nobody accepts was meant to take it, which is said at the route', () => {
  const where = environment({
    fleets: [fleet('eng/fixer', { accepts: { repair: {} } })],
    routes: [route('eng/work', { tasks: ['bug_fix'] })],
  });
  expect(problemsOf(unroutedTask, where)).toEqual([]);
});
