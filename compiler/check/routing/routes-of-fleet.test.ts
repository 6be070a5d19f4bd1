import { expect, test } from 'vitest';
import { ROUTES_OF_FLEET_MAX } from '../../../spec/contract/routing-table.ts';
import type { RouteModel } from '../../core/model.ts';
import { environment, fleet, route, type RouteOptions } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { routesOfFleet } from './routes-of-fleet.ts';

const fleets = [fleet('eng/fixer'), fleet('eng/other')];

/** Routes `team/r-0001`, `team/r-0002` and so on. */
function routes(count: number, options: RouteOptions = {}, team = 'eng'): RouteModel[] {
  return Array.from({ length: count }, (_, index) =>
    route(`${team}/r-${String(index + 1).padStart(4, '0')}`, { tasks: [`work-${index}`], ...options }),
  );
}

test('more routes than a fleet may have are an error at the fleet, which names some of them', () => {
  const where = environment({ fleets, routes: [...routes(ROUTES_OF_FLEET_MAX), ...routes(2, {}, 'ops')] });
  expect(problemsOf(routesOfFleet, where)).toEqual([
    {
      at: 'fleet:eng/fixer',
      problem: 'error NT5081: 1002 routes lead to `eng/fixer`, above the limit of 1000',
      label: 'let one route take several task types, or split the fleet',
      related: [
        'route:eng/r-0001#to.eng/fixer: route `eng/r-0001` is one of them',
        'route:eng/r-0002#to.eng/fixer: route `eng/r-0002` is one of them',
        'route:eng/r-0003#to.eng/fixer: route `eng/r-0003` is one of them',
      ],
      notes: ['2 must go: team `eng` has 1000, team `ops` has 2'],
    },
  ]);
});

test('as many as it may have are none too many, however many lead to the others', () => {
  const toOther = { to: { 'eng/other': 100 } };
  const own = routes(ROUTES_OF_FLEET_MAX);
  expect(problemsOf(routesOfFleet, environment({ fleets, routes: own }))).toEqual([]);
  const two = [...own, ...routes(ROUTES_OF_FLEET_MAX, toOther, 'ops')];
  expect(problemsOf(routesOfFleet, environment({ fleets, routes: two }))).toEqual([]);
});

test('a route that names the fleet several times counts once, at the first of them', () => {
  const back = { to: 'eng/fixer', require: { python: 1 } };
  const thrice = routes(ROUTES_OF_FLEET_MAX, { fallback: [back, back] });
  expect(problemsOf(routesOfFleet, environment({ fleets, routes: thrice }))).toEqual([]);
  const [problem] = problemsOf(routesOfFleet, environment({ fleets, routes: [...thrice, route('eng/s')] }));
  expect(problem?.problem).toContain(': 1001 routes lead to `eng/fixer`,');
  expect(problem?.related?.[0]).toContain('route:eng/r-0001#to.eng/fixer: ');
});

test('a fallback and a target without weight count too: the scheduler must know their limits', () => {
  const back = route('ops/back', { to: { 'eng/other': 100 }, fallback: [{ to: 'eng/fixer' }] });
  const off = route('ops/off', { to: { 'eng/other': 100, 'eng/fixer': 0 } });
  for (const more of [back, off]) {
    const where = environment({ fleets, routes: [...routes(ROUTES_OF_FLEET_MAX), more] });
    expect(problemsOf(routesOfFleet, where).map(({ problem }) => problem)).toEqual([
      'error NT5081: 1001 routes lead to `eng/fixer`, above the limit of 1000',
    ]);
  }
});

test('of many teams the three with the most are named', () => {
  const notesOf = (teams: readonly string[]) => {
    const all = teams.flatMap((team, index) => routes(410 - 100 * index, {}, team));
    return problemsOf(routesOfFleet, environment({ fleets, routes: all })).map(({ notes }) => notes);
  };
  const named = 'team `a` has 410, team `b` has 310, team `c` has 210';
  expect(notesOf(['a', 'b', 'c', 'd', 'e'])).toEqual([[`50 must go: ${named}, 2 other teams have the others`]]);
  expect(notesOf(['a', 'b', 'c', 'd'])).toEqual([[`40 must go: ${named}, 1 other team has the others`]]);
});
