import { expect, test } from 'vitest';
import { agentPool, type AgentPool, type Parked } from './agent-pool.ts';

const FLEET = 'research/summarizer';
const FACTS = { build: 'v1', slots: 1, free: 1 };

function park(pool: AgentPool, name: string): Parked {
  const agent = pool.see({ fleet: FLEET, name }, FACTS);
  const parked = { agent, sinceMs: 0, slots: 1, free: 1, asked: false, answer: () => pool.unpark(parked) };
  pool.park(parked);
  return parked;
}

test('who polls under ever new names is no crowd, and takes the place of nobody who waits, drains or was heard of lately', () => {
  let nowMs = 0;
  const pool = agentPool(() => nowMs);
  pool.see({ fleet: 'other/fleet', name: 'one' }, FACTS);
  park(pool, 'waits');
  pool.see({ fleet: FLEET, name: 'drains' }, FACTS).draining = true;
  pool.see({ fleet: FLEET, name: 'works' }, FACTS);
  for (let n = 0; n < 20_000; n += 1) {
    nowMs += 1;
    pool.touch({ fleet: FLEET, name: 'works' });
    pool.see({ fleet: FLEET, name: `invented-${n}` }, FACTS);
  }
  expect(pool.of(FLEET)).toHaveLength(6000);
  const names = new Set(pool.of(FLEET).map(({ name }) => name));
  expect(['waits', 'drains', 'works', 'invented-0', 'invented-19999'].filter((name) => names.has(name))).toEqual([
    'waits',
    'drains',
    'works',
    'invented-19999',
  ]);
  expect(pool.of('other/fleet')).toHaveLength(1);
});

test('a fleet of agents that all wait is known as a whole, and one more is too', () => {
  const pool = agentPool(() => 0);
  for (let n = 0; n < 6001; n += 1) park(pool, `a-${n}`);
  expect(pool.of(FLEET)).toHaveLength(6000);
  expect(pool.get({ fleet: FLEET, name: 'a-6000' })).toBeDefined();
  expect(pool.parked(FLEET).size).toBe(6001);
});
