import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { capableFleet, nearestFleet } from './capable-fleet.ts';

const weak = fleet('eng/weak', { skills: { python: 2 } });
const none = fleet('eng/none');
const strong = fleet('eng/strong', { skills: { python: 3 } });

test('when no target is able, the nearest is named with what it lacks', () => {
  const where = environment({
    fleets: [weak, none],
    routes: [route('eng/work', { require: { python: 3, go: 1 }, to: { 'eng/none': 1, 'eng/weak': 1 } })],
  });
  expect(problemsOf(capableFleet, where)).toEqual([
    {
      at: 'route:eng/work#require.skills@key',
      problem: 'error NT5004: no fleet of route `eng/work` has all skills that it requires',
      label: 'nearest is `eng/weak`: `python` level 2, needs 3; no `go`',
      related: ['fleet:eng/weak#skills@key: the skills of `eng/weak`'],
    },
  ]);
});

test('a fleet outside of the route that would be able is mentioned', () => {
  const where = environment({
    fleets: [weak, strong],
    routes: [route('eng/work', { require: { python: 3 }, to: { 'eng/weak': 1 } })],
  });
  expect(problemsOf(capableFleet, where)[0]?.notes).toEqual([
    '`eng/strong` accepts the task and has all of them, but is not a target of this route',
  ]);
});

test('one lacking target among able ones is reported at its weight', () => {
  const where = environment({
    fleets: [weak, strong],
    routes: [route('eng/work', { require: { python: 3 }, to: { 'eng/strong': 1, 'eng/weak': 1 } })],
  });
  expect(problemsOf(capableFleet, where)).toEqual([
    {
      at: 'route:eng/work#to.eng/weak',
      problem: 'error NT5005: `eng/weak` lacks skills that route `eng/work` requires',
      label: '`python` level 2, needs 3',
      related: ['fleet:eng/weak#skills@key: the skills of `eng/weak`'],
    },
  ]);
});

test('a target without weight, a requirement that depends on the task and an able fleet are fine', () => {
  const routes = [
    route('eng/a', { require: { python: 3 }, to: { 'eng/strong': 1, 'eng/weak': 0 } }),
    route('eng/b', { require: { 'lang-{input.lang}': 1 }, to: { 'eng/weak': 1 } }),
    route('eng/c', { require: { python: 2 }, to: { 'eng/weak': 1 } }),
  ];
  expect(problemsOf(capableFleet, environment({ fleets: [weak, strong], routes }))).toEqual([]);
});

test('among equally near fleets the first by name is taken', () => {
  const where = environment({
    fleets: [none, fleet('eng/also')],
    routes: [route('eng/work', { require: { go: 1 }, to: { 'eng/none': 1, 'eng/also': 1 } })],
  });
  expect(problemsOf(capableFleet, where)[0]?.label).toBe('nearest is `eng/also`: no `go`');
});

test('nobody is mentioned when no fleet accepts the task, or only a target without weight would be able', () => {
  const lost = route('eng/lost', { tasks: ['lost'], require: { python: 9 }, to: { 'eng/weak': 1 } });
  expect(problemsOf(capableFleet, environment({ fleets: [weak, strong], routes: [lost] }))[0]?.notes).toBeUndefined();
  const off = route('eng/work', { require: { python: 3 }, to: { 'eng/weak': 1, 'eng/strong': 0 } });
  expect(problemsOf(capableFleet, environment({ fleets: [weak, strong], routes: [off] }))[0]?.notes).toBeUndefined();
});

test('a fleet that lacks more is not nearer, whatever its name', () => {
  const fleets = [fleet('eng/zeta', { skills: { python: 2 } }), fleet('eng/alpha', { skills: { python: 1 } })];
  expect(nearestFleet(fleets, [['python', 3]]).id).toBe('eng/zeta');
  expect(nearestFleet(fleets.toReversed(), [['python', 3]]).id).toBe('eng/zeta');
});
