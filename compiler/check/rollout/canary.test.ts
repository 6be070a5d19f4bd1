import { expect, test } from 'vitest';
import { collector } from '../../diagnostics/report.ts';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { canary } from './canary.ts';

const steps = [
  { share: 0.05, holdMs: 1 },
  { share: 0.25, holdMs: 1 },
];
const memory = { sizeBytes: 1, path: '/x', keep: 'always' } as const;
const say = (options: Parameters<typeof fleet>[1]) =>
  problemsOf(eachFleet(canary), environment({ fleets: [fleet('eng/fixer', options)] }));
const step = (share: number) => ({ share, holdMs: 1 });

test('steps grow, start above nothing and end below everything', () => {
  expect(say({ rollout: { strategy: 'canary', steps: [step(0), step(0.5), step(0.5), step(1)] } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.steps.0.weight',
      problem: 'error NT2540: step 0% of `eng/fixer` shows the new version no task',
    },
    {
      at: 'fleet:eng/fixer#rollout.steps.2.weight',
      problem: 'error NT2540: step 50% of `eng/fixer` is not above the step before it, 50%',
    },
    {
      at: 'fleet:eng/fixer#rollout.steps.3.weight',
      problem: 'error NT2540: step 100% of `eng/fixer` is all tasks, which is what comes after the last step',
    },
  ]);
});

test('a canary has steps, and nothing else has', () => {
  expect(say({ rollout: { strategy: 'canary' } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.strategy',
      problem: 'error NT2541: `eng/fixer` rolls out as a canary without steps',
    },
  ]);
  expect(say({ rollout: { steps } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.steps@key',
      problem: 'error NT2544: `eng/fixer` has canary steps, but rolls out as rolling',
      related: ['fleet:eng/fixer#rollout.strategy: the strategy'],
    },
  ]);
});

test('the mesh cannot split a pull fleet, and the fix is certain where somebody wrote it', () => {
  const pull = { rollout: { strategy: 'canary', split: 'mesh', steps } } as const;
  expect(say(pull)).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.split',
      problem: 'error NT2542: the mesh cannot split the tasks of `eng/fixer`, whose agents pull',
      related: ['fleet:eng/fixer#agent.delivery: its agents ask for work'],
    },
  ]);
  const { report, diagnostics } = collector();
  for (const unwritten of [[], ['rollout.split']]) canary(fleet('eng/fixer', { ...pull, unwritten }), report);
  expect(diagnostics.map(({ fix }) => fix?.edits.map(({ text }) => text))).toEqual([['routing'], undefined]);
});

test('nor a fleet with memory; an ambient mesh splits as one with sidecars does', () => {
  const push = { agent: { delivery: 'push' }, rollout: { strategy: 'canary', split: 'mesh', steps } } as const;
  expect(say({ ...push, memory })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.split',
      problem: 'error NT2543: the mesh cannot split the tasks of `eng/fixer`, whose agents have memory',
      related: ['fleet:eng/fixer#memory@key: its memory'],
    },
  ]);
  expect(say({ ...push, environment: { mesh: 'ambient' } })).toEqual([]);
});

test('the mesh moves whole percents, and the routing table hundredths', () => {
  const fine = { strategy: 'canary', steps: [step(0.005), step(0.29)] } as const;
  expect(say({ agent: { delivery: 'push' }, rollout: { ...fine, split: 'mesh' } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.steps.0.weight',
      problem: 'error NT2540: step 0.5% of `eng/fixer` is no whole percent, and the mesh moves no others',
    },
  ]);
  expect(say({ rollout: fine })).toEqual([]);
});

test('the routing table cannot split the tasks of agents that are called', () => {
  expect(say({ agent: { delivery: 'push' }, rollout: { strategy: 'canary', split: 'routing', steps } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.split',
      problem: 'error NT2554: the routing table cannot split the tasks of `eng/fixer`, whose agents are called',
      related: ['fleet:eng/fixer#agent.delivery: its agents are called'],
    },
  ]);
});

test('a push canary by the mesh and a pull canary by the routing table are fine', () => {
  expect(say({ agent: { delivery: 'push' }, rollout: { strategy: 'canary', split: 'mesh', steps } })).toEqual([]);
  expect(say({ rollout: { strategy: 'canary', steps } })).toEqual([]);
  expect(say({})).toEqual([]);
});
