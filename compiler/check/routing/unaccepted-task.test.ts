import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { unacceptedTask } from './unaccepted-task.ts';

test('a task type nobody accepts is reported at the route, with the nearest name', () => {
  const where = environment({
    fleets: [fleet('eng/fixer', { accepts: { bug_fix: {} } })],
    routes: [route('eng/bugs', { tasks: ['bug_fixx'] })],
  });
  expect(problemsOf(unacceptedTask, where)).toEqual([
    {
      at: 'route:eng/bugs#match.task',
      problem: 'error NT5002: route `eng/bugs` takes `bug_fixx`, but no fleet accepts it',
      label: 'did you mean `bug_fix`?',
      related: ['fleet:eng/fixer#accepts.bug_fix@key: `bug_fix` is accepted here, and no route takes it'],
    },
  ]);
});

test('a name that is near nothing is reported without a suggestion, at its place in the list', () => {
  const where = environment({ routes: [route('eng/bugs', { tasks: ['work', 'banana'] })] });
  expect(problemsOf(unacceptedTask, where)).toEqual([
    {
      at: 'route:eng/bugs#match.task.1',
      problem: 'error NT5002: route `eng/bugs` takes `banana`, but no fleet accepts it',
    },
  ]);
});

test('a target that accepts none of the task types is reported with what it accepts', () => {
  const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((task) => [task, {}]));
  const where = environment({
    fleets: [fleet('eng/fixer'), fleet('eng/other', { accepts: six })],
    routes: [route('eng/work', { to: { 'eng/fixer': 1, 'eng/other': 1 } })],
  });
  expect(problemsOf(unacceptedTask, where)).toEqual([
    {
      at: 'route:eng/work#to.eng/other',
      problem: 'error NT5003: `eng/other` does not accept `work`, which route `eng/work` sends to it',
      related: ['fleet:eng/other#accepts@key: it accepts `a`, `b`, `c`, `d`, `e` and 1 more'],
    },
  ]);
});

test('targets may share the task types among them, but none may be left over', () => {
  const fleets = [
    fleet('eng/one', { accepts: { a: {} } }),
    fleet('eng/two', { accepts: { b: {} } }),
    fleet('eng/three', { accepts: { c: {} } }),
  ];
  const to = { 'eng/one': 1, 'eng/two': 1 };
  expect(
    problemsOf(unacceptedTask, environment({ fleets, routes: [route('eng/ab', { tasks: ['a', 'b'], to })] })),
  ).toEqual([]);
  expect(
    problemsOf(unacceptedTask, environment({ fleets, routes: [route('eng/abc', { tasks: ['a', 'b', 'c'], to })] })),
  ).toEqual([{ at: 'route:eng/abc#match.task.2', problem: 'error NT5009: no target of route `eng/abc` accepts `c`' }]);
});

test('a route whose targets do not exist is left to the rule about references', () => {
  expect(
    problemsOf(
      unacceptedTask,
      environment({ routes: [route('eng/work', { to: {} }), route('eng/more', { to: { 'eng/gone': 1 } })] }),
    ),
  ).toEqual([]);
});

test('where no target accepts anything of the route, only the targets are reported', () => {
  const where = environment({
    fleets: [fleet('eng/fixer', { accepts: { other: {} } }), fleet('eng/worker')],
    routes: [route('eng/work')],
  });
  expect(problemsOf(unacceptedTask, where).map(({ at }) => at)).toEqual(['route:eng/work#to.eng/fixer']);
});
