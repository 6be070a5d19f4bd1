import { expect, test } from 'vitest';
import { eachFleet } from '../fleet-check.ts';
import { environment, fleet } from '../testing/model.ts';
import { problemsOf } from '../testing/problems.ts';
import { gate } from './gate.ts';

const run = (percentile: number, boundMs: number) => ({ percentile, boundMs });
const say = (rollout: Parameters<typeof fleet>[1] & object) =>
  problemsOf(eachFleet(gate), environment({ fleets: [fleet('eng/fixer', rollout)] }));

test('a gate looser than the objective is reported beside it', () => {
  expect(say({ slo: { run: run(0.95, 1000) }, rollout: { gate: { success: 0.9, run: run(0.95, 2000) } } })).toEqual([
    {
      at: 'fleet:eng/fixer#rollout.gate.success',
      problem: 'warning NT2526: the gate of `eng/fixer` lets success 90% pass, but the objective is 99%',
      related: ['fleet:eng/fixer#slo.success: the objective'],
    },
    {
      at: 'fleet:eng/fixer#rollout.gate.run',
      problem: 'warning NT2526: the gate of `eng/fixer` lets run p95 < 2s pass, but the objective is p95 < 1s',
      related: ['fleet:eng/fixer#slo.run: the objective'],
    },
  ]);
});

test('a gate as strict, one at a higher percentile, and one without an objective are fine', () => {
  expect(say({ slo: { run: run(0.95, 1000) }, rollout: { gate: { success: 0.99, run: run(0.95, 1000) } } })).toEqual(
    [],
  );
  expect(say({ slo: { run: run(0.95, 1000) }, rollout: { gate: { run: run(0.99, 2000) } } })).toEqual([]);
  expect(say({ rollout: { gate: { run: run(0.99, 2000) } } })).toEqual([]);
});
