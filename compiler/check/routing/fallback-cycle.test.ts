import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { fallbackCycle } from './fallback-cycle.ts';

const fleets = ['a', 'b', 'c'].map((name) => fleet(`eng/${name}`));
const step = (name: string, from: string, to: string, weight = 1) =>
  route(`eng/${name}`, { to: { [`eng/${from}`]: weight }, fallback: [{ to: `eng/${to}` }] });

test('fallbacks that lead back are printed as a circle, each edge at its place', () => {
  const routes = [step('one', 'a', 'b'), step('two', 'b', 'c'), step('three', 'c', 'a'), step('four', 'a', 'b')];
  expect(problemsOf(fallbackCycle, environment({ fleets, routes }))).toEqual([
    {
      at: 'route:eng/four#fallback.0.to',
      problem: 'warning NT5042: fallbacks run in a circle: `eng/a` -> `eng/b` -> `eng/c` -> `eng/a`',
      related: [
        'route:eng/two#fallback.0.to: route `eng/two`: `eng/b` falls back to `eng/c`',
        'route:eng/three#fallback.0.to: route `eng/three`: `eng/c` falls back to `eng/a`',
      ],
    },
  ]);
});

test('a chain that ends, a fleet that gets no tasks and a fleet that falls back to itself are no circle', () => {
  expect(
    problemsOf(fallbackCycle, environment({ fleets, routes: [step('one', 'a', 'b'), step('two', 'b', 'c')] })),
  ).toEqual([]);
  expect(
    problemsOf(fallbackCycle, environment({ fleets, routes: [step('one', 'a', 'b'), step('two', 'b', 'a', 0)] })),
  ).toEqual([]);
  expect(problemsOf(fallbackCycle, environment({ fleets, routes: [step('one', 'a', 'a')] }))).toEqual([]);
});
