import { expect, test } from 'vitest';
import { REACHED } from './reached.ts';
import { simulate } from './simulate.ts';

/** Under coverage, and beside all other tests; `npm run simulate` goes through thousands. */
const SEEDS = Number(process.env['NOVA_TORCH_SEEDS'] ?? 80);

test(`${SEEDS} seeds break no promise, and reach every operation and every fault`, { timeout: 600_000 }, async () => {
  const reached = new Map<string, number>();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = await simulate(seed);
    expect(result.violations, `seed ${seed}: npm run simulate -- --replay ${seed}`).toEqual([]);
    for (const [kind, count] of result.reached) reached.set(kind, (reached.get(kind) ?? 0) + count);
  }
  expect(REACHED.filter((kind) => !reached.has(kind))).toEqual([]);
});

test('the same seed gives the same trace, and another one another', { timeout: 120_000 }, async () => {
  const traces = new Set<string>();
  for (let seed = 1; seed <= 12; seed += 1) {
    const { trace } = await simulate(seed);
    expect((await simulate(seed)).trace).toBe(trace);
    traces.add(trace);
  }
  expect(traces.size).toBe(12);
});
