import { expect, test } from 'vitest';
import { claimOrder } from './choose-agent.ts';

test('agents claim in the order of: kept for, freest, longest waiting, name', () => {
  const agents = [
    { agent: 'busy', slots: 4, free: 1, waitingSinceMs: 0 },
    { agent: 'late', slots: 2, free: 2, waitingSinceMs: 9 },
    { agent: 'z', slots: 2, free: 2, waitingSinceMs: 5 },
    { agent: 'a', slots: 1, free: 1, waitingSinceMs: 5 },
    { agent: 'bound', slots: 9, free: 1, waitingSinceMs: 99 },
    { agent: 'full', slots: 1, free: 0, waitingSinceMs: 0 },
  ];
  const names = claimOrder(agents, new Set(['bound'])).map(({ agent }) => agent);
  expect(names).toEqual(['bound', 'a', 'z', 'late', 'busy']);
  expect(claimOrder([...agents].reverse(), new Set(['bound'])).map(({ agent }) => agent)).toEqual(names);
});
