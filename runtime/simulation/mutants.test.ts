import { afterAll, expect, test } from 'vitest';
import { EQUIVALENT, MUTANTS, SHOWN_BY_A_JOURNAL } from './mutants.ts';
import { simulate } from './simulate.ts';

/** The simulation is worth what it would find: bugs planted in a scheduler, one at a time. */
const MUTANT_SEEDS_MAX = 2000;
const EQUIVALENT_SEEDS = 40;

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
