import { expect, test } from 'vitest';
import { fleet } from '../check/testing/model.ts';
import { buildShares, gateOf, partitionOf } from './hand-over.ts';

const steps = [
  { share: 0.05, holdMs: 1 },
  { share: 0.5, holdMs: 1 },
];
const at = (step: number | undefined, max = 4) =>
  fleet('eng/fixer', {
    agent: { build: 'new' },
    scale: { max },
    rollout: { strategy: 'canary', steps, ...(step === undefined ? {} : { underway: { from: 'old', step } }) },
  });

test('the declared build has everything, unless a hand-over to it has begun', () => {
  expect(buildShares(at(undefined))).toEqual({ new: 10_000 });
  expect(buildShares(at(0))).toEqual({ new: 0, old: 10_000 });
  expect(buildShares(at(1))).toEqual({ new: 500, old: 9_500 });
  expect(buildShares(at(2))).toEqual({ new: 5_000, old: 5_000 });
  expect(Object.keys(buildShares(at(1)))).toEqual(['new', 'old']);
});

test('numbered agents are renewed from the highest, never more than their share, and at least one of a step', () => {
  expect(partitionOf(at(undefined))).toBe(0);
  expect(partitionOf(at(0))).toBe(4);
  expect(partitionOf(at(1))).toBe(3);
  expect(partitionOf(at(2))).toBe(2);
  expect(partitionOf(at(2, 7))).toBe(4);
  expect(partitionOf(at(1, 100))).toBe(95);
});

test('a gate asks what it says, and otherwise what the objective promises', () => {
  const run = { percentile: 0.9, boundMs: 30_000 };
  const slo = { success: 0.97, run };
  expect(gateOf(fleet('eng/fixer', { slo }))).toEqual({ success: 0.97, run });
  expect(gateOf(fleet('eng/fixer', { slo, rollout: { gate: { success: 0.99 } } }))).toEqual({ success: 0.99, run });
  expect(gateOf(fleet('eng/fixer'))).toEqual({ success: 0.99 });
});
