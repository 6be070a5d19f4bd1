import { expect, test } from 'vitest';
import { environment, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { aging } from './aging.ts';

test('aging up to where tasks start does nothing', () => {
  expect(
    problemsOf(aging, environment({ routes: [route('eng/work', { aging: { everyMs: 1000, max: 'normal' } })] })),
  ).toEqual([
    {
      at: 'route:eng/work#priority.aging.max',
      problem: 'warning NT5056: aging up to `normal` does nothing: tasks of route `eng/work` start at `normal`',
    },
  ]);
});

test('aging above, or none, is fine', () => {
  const routes = [route('eng/a', { aging: { everyMs: 1000, max: 'high' } }), route('eng/b')];
  expect(problemsOf(aging, environment({ routes }))).toEqual([]);
});
