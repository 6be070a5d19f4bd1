import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { underway } from './underway.ts';

const steps = [{ share: 0.05, holdMs: 1 }];
const say = (options: Parameters<typeof fleet>[1]) =>
  problemsOf(
    eachFleet(underway),
    environment({ fleets: [fleet('eng/fixer', { agent: { build: 'new' }, ...options })] }),
  );

test('a hand-over that has begun leads from another build to this one, over steps that there are', () => {
  expect(say({ rollout: { strategy: 'canary', steps, underway: { from: 'new', step: 2 } } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.underway.from',
      problem: 'error NT2555: the hand-over of `eng/fixer` leads from `new` to itself',
    },
    {
      at: 'fleet:eng/fixer#rollout.underway.step',
      problem: 'error NT2555: the hand-over of `eng/fixer` is at step 2, but there are 1',
    },
  ]);
  expect(say({ rollout: { strategy: 'canary', steps, underway: { from: 'old', step: 1 } } })).toEqual([]);
  expect(say({ rollout: { strategy: 'blue-green', underway: { from: 'old', step: 0 } } })).toEqual([]);
  expect(say({})).toEqual([]);
});

test('a hand-over between two builds that have one number in the scheduler’s store is an error', () => {
  const rollout = { strategy: 'canary', steps, underway: { from: 'v463', step: 1 } } as const;
  expect(say({ agent: { build: 'v1111' }, rollout })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.underway.from',
      problem:
        'error NT2555: the hand-over of `eng/fixer` leads from `v463` to `v1111`, which are one to the scheduler’s store: give the new one another `build`',
    },
  ]);
});

test('the routing table makes none of agents that are called or replaced in turn', () => {
  const begun = { from: 'old', step: 0 };
  expect(say({ agent: { delivery: 'push' }, rollout: { strategy: 'blue-green', underway: begun } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.underway.from',
      problem:
        'error NT2555: the hand-over of `eng/fixer` cannot be: its agents are called, and the routing table splits work that agents ask for',
    },
  ]);
  expect(say({ rollout: { underway: begun } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.underway.from',
      problem:
        'error NT2555: the hand-over of `eng/fixer` cannot be: it rolls out as rolling, which replaces agents in turn',
    },
  ]);
});
