import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { routeNumbers } from './route-numbers.ts';

const fleets = [fleet('eng/fixer'), fleet('eng/other')];
const toOther = { to: { 'eng/other': 100 } };

test('two routes of one fleet that have the same number are an error at the second', () => {
  const where = environment({ fleets, routes: [route('eng/r-3307'), route('eng/s'), route('eng/r-5661')] });
  expect(problemsOf(routeNumbers, where)).toEqual([
    {
      at: 'route:eng/r-5661',
      problem: 'error NT5082: routes `eng/r-3307` and `eng/r-5661` of `eng/fixer` are one to the scheduler’s store',
      label: 'call one of them otherwise',
      related: ['route:eng/r-3307#to.eng/fixer: route `eng/r-3307` leads there as well'],
    },
  ]);
});

test('a fallback counts; two routes of two fleets may have the same number', () => {
  const apart = environment({ fleets, routes: [route('eng/r-3307'), route('eng/r-5661', toOther)] });
  expect(problemsOf(routeNumbers, apart)).toEqual([]);
  const back = route('eng/r-5661', { ...toOther, fallback: [{ to: 'eng/fixer' }] });
  const where = environment({ fleets, routes: [route('eng/r-3307'), back] });
  expect(problemsOf(routeNumbers, where)).toHaveLength(1);
});
