import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { weights } from './weights.ts';

test('a route whose weights are all zero sends its tasks nowhere', () => {
  expect(problemsOf(weights, environment({ routes: [route('eng/work', { to: { 'eng/fixer': 0 } })] }))).toEqual([
    { at: 'route:eng/work#to@key', problem: 'error NT5030: all weights of route `eng/work` are 0' },
  ]);
});

test('one zero among others is a warning at its place', () => {
  const where = environment({
    fleets: [fleet('eng/fixer'), fleet('eng/off')],
    routes: [route('eng/work', { to: { 'eng/fixer': 1, 'eng/off': 0 } })],
  });
  expect(problemsOf(weights, where)).toEqual([
    {
      at: 'route:eng/work#to.eng/off',
      problem: 'warning NT5031: route `eng/work` sends no tasks to `eng/off`: its weight is 0',
    },
  ]);
});

test('weights above zero are fine', () => {
  expect(problemsOf(weights, environment({ routes: [route('eng/work')] }))).toEqual([]);
});
