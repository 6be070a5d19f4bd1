import { expect, test } from 'vitest';
import { environment, fleet, route } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { affinity } from './affinity.ts';

const soft = { key: 'input.repo', mode: 'soft', holdMs: 600_000, spillAfterMs: 15_000 } as const;

test('waiting for an agent longer than in the queue is no wait for another', () => {
  expect(
    problemsOf(
      affinity,
      environment({ routes: [route('eng/work', { affinity: { ...soft, spillAfterMs: 600_000 } })] }),
    ),
  ).toEqual([
    {
      at: 'route:eng/work#affinity.spillAfter',
      problem: 'warning NT5050: a task of route `eng/work` waits 10m for its agent, but only 10m in the queue',
    },
  ]);
});

test('hard affinity needs a fleet that always has agents', () => {
  const fleets = [fleet('eng/fixer', { scale: { min: 0 } })];
  expect(
    problemsOf(affinity, environment({ fleets, routes: [route('eng/work', { affinity: { ...soft, mode: 'hard' } })] })),
  ).toEqual([
    {
      at: 'route:eng/work#affinity.mode',
      problem: 'warning NT5051: route `eng/work` keeps tasks on one agent of `eng/fixer`, which may have none',
      related: ['fleet:eng/fixer#scale.min: it may have no agents'],
    },
  ]);
  expect(problemsOf(affinity, environment({ fleets, routes: [route('eng/work', { affinity: soft })] }))).toEqual([]);
});

test('no affinity, and a hard one on a fleet with agents, are fine', () => {
  const routes = [route('eng/work'), route('eng/more', { affinity: { ...soft, mode: 'hard' } })];
  expect(problemsOf(affinity, environment({ routes }))).toEqual([]);
});
