import { expect, test } from 'vitest';
import { claimOrder } from './choose-agent.ts';

const AGENTS = [
  { name: 'busiest', slots: 4, free: 1 },
  { name: 'first', slots: 2, free: 2 },
  { name: 'full', slots: 1, free: 0 },
  { name: 'second', slots: 1, free: 1 },
  { name: 'half', slots: 4, free: 2 },
  { name: 'half, and later', slots: 2, free: 1 },
];

test('agents claim in the order of: freest, longest waiting', () => {
  const names = [...claimOrder(AGENTS)].map(({ name }) => name);
  expect(names).toEqual(['first', 'second', 'half', 'half, and later', 'busiest']);
});

test('who needs only the first looks at no others', () => {
  let looked = 0;
  const counted = function* () {
    for (const agent of AGENTS) {
      looked += 1;
      yield agent;
    }
  };
  for (const { name } of claimOrder(counted())) {
    expect(name).toBe('first');
    break;
  }
  expect(looked).toBe(2);
});
