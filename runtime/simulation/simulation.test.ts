import { afterAll, expect, test } from 'vitest';
import { EQUIVALENT, MUTANTS, SHOWN_BY_A_JOURNAL } from './mutants.ts';
import { REACHED } from './reached.ts';
import { simulate } from './simulate.ts';

/** Under coverage, and beside all other tests; `npm run simulate` goes through thousands. */
const SEEDS = Number(process.env['NOVA_TORCH_SEEDS'] ?? 80);
const MUTANT_SEEDS_MAX = 2000;
const EQUIVALENT_SEEDS = 40;

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

const found = new Map<string, number>();

const PLANTED = Object.entries(MUTANTS).filter(([name]) => !SHOWN_BY_A_JOURNAL.includes(name));

test.each(PLANTED)('a scheduler that %s is found out', { timeout: 300_000 }, async (name, mutant) => {
  let violations: readonly string[] = [];
  let seed = 0;
  while (violations.length === 0 && seed < MUTANT_SEEDS_MAX) {
    seed += 1;
    violations = (await simulate(seed, { mutant })).violations;
  }
  expect(violations).not.toEqual([]);
  found.set(name, seed);
});

test.each(Object.entries(EQUIVALENT))(
  'that a scheduler %s is nothing anyone is told',
  { timeout: 300_000 },
  async (_, { because, mutant }) => {
    for (let seed = 1; seed <= EQUIVALENT_SEEDS; seed += 1) {
      expect((await simulate(seed, { mutant })).violations, `seed ${seed}: it is not that ${because}`).toEqual([]);
    }
  },
);

afterAll(() => {
  const worst = [...found].sort(([, one], [, other]) => other - one)[0];
  const last = `the last one (${worst?.[0]}) by seed ${worst?.[1]}`;
  console.log(`planted bugs: ${found.size} of ${PLANTED.length} found, ${last}`);
});
