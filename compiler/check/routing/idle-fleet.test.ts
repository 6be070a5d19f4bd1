import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { idleFleet } from './idle-fleet.ts';

const edge = {
  from: { id: 'eng/a', team: 'eng', name: 'a', namespace: 'eng--a', httpPort: 8080 },
  to: { id: 'eng/idle', team: 'eng', name: 'idle', namespace: 'eng--idle', httpPort: 8080 },
  tasks: ['work'],
  at: route('eng/x').at,
};

test('a fleet that no route names is idle', () => {
  const where = environment({ fleets: [fleet('eng/fixer'), fleet('eng/idle')], routes: [route('eng/work')] });
  expect(problemsOf(idleFleet, where)).toEqual([
    { at: 'fleet:eng/idle', problem: 'warning NT5008: no route sends tasks to `eng/idle`, and no fleet calls it' },
  ]);
});

test('a fleet that is a fallback, or is called, or whose tasks have no route at all, is not', () => {
  const back = route('eng/work', { fallback: [{ to: 'eng/idle' }] });
  const fleets = [fleet('eng/fixer'), fleet('eng/idle')];
  expect(problemsOf(idleFleet, environment({ fleets, routes: [back] }))).toEqual([]);
  const called = fleet('eng/idle', { calledBy: [edge] });
  expect(
    problemsOf(idleFleet, environment({ fleets: [fleet('eng/fixer'), called], routes: [route('eng/work')] })),
  ).toEqual([]);
  const lonely = fleet('eng/idle', { accepts: { other: {} } });
  expect(
    problemsOf(idleFleet, environment({ fleets: [fleet('eng/fixer'), lonely], routes: [route('eng/work')] })),
  ).toEqual([]);
});
