import { expect, test } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { simulate } from './simulate.ts';

const SEEDS = Number(process.env['NOVA_TORCH_SEEDS'] ?? 60);
/** Everything that can happen must happen, or the seeds prove less than they seem to. */
const REACHED = [
  'submit:accepted',
  'submit:journaled',
  'completed',
  'failed',
  'released',
  'cancel:done',
  'settle:stale',
  'end:succeeded',
  'end:cancelled',
  'fault:scheduler-crash',
  'fault:tail-lost',
  'fault:power-loss',
  'fault:store-nothing',
  'fault:store-old',
  'fault:store-same',
  'fault:call-lost',
  'fault:answer-lost',
  'fault:reply-lost',
  'fault:partition',
  'fault:slow-disk',
  'fault:disk-full',
  'fault:agent-crash',
  'fault:agent-frozen',
];

test(`${SEEDS} seeds break no promise, and reach every fault`, { timeout: 600_000 }, async () => {
  const reached = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = await simulate(seed);
    expect(result.violations, `seed ${seed}`).toEqual([]);
    for (const [kind, count] of result.reached) reached.set(kind, (reached.get(kind) ?? 0) + count);
  }
  expect(REACHED.filter((kind) => !reached.has(kind))).toEqual([]);
});

test('the same seed gives the same trace, and another one another', { timeout: 60_000 }, async () => {
  const first = await simulate(7);
  expect((await simulate(7)).trace).toBe(first.trace);
  expect((await simulate(8)).trace).not.toBe(first.trace);
});

test.each(Object.entries(MUTANTS))('a scheduler that %s is found out', { timeout: 300_000 }, async (_, mutant) => {
  let found: readonly string[] = [];
  for (let seed = 1; seed <= 300 && found.length === 0; seed += 1) {
    found = (await simulate(seed, { mutant })).violations;
  }
  expect(found).not.toEqual([]);
});
