import { expect, test } from 'vitest';
import { environment } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { arrivals } from './arrivals.ts';

test('arrivals of a task type that nobody accepts are reported, with the nearest name', () => {
  expect(problemsOf(arrivals, environment({ arrivals: { wrok: 1, banana: 1, work: 1 } }))).toEqual([
    {
      at: 'environment:prod#arrivals.wrok@key',
      problem: 'error NT2505: no fleet accepts `wrok`, so nothing can be said about its arrivals',
      label: 'did you mean `work`?',
    },
    {
      at: 'environment:prod#arrivals.banana@key',
      problem: 'error NT2505: no fleet accepts `banana`, so nothing can be said about its arrivals',
    },
  ]);
});
