import { expect, test } from 'vitest';
import { ROUTES_OF_FLEET_MAX } from '../../spec/contract/routing-table.ts';
import { DEFAULT_SETTINGS, type RoutePolicy } from '../core/route-policy.ts';
import { memoryStore } from './memory/memory-store.ts';
import type { Operation } from './store.ts';
import { SHARD, START_MS, Talker, task } from './testing/bench.ts';

const talker = new Talker({ store: memoryStore({ nowUs: () => START_MS * 1000 }), now: START_MS });

const POLICY = { op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS } as const;
const ROUTE = (_: unknown, route: number): RoutePolicy => ({ route, depth: { max: 1, onFull: 'reject' } });
const NOTE = (_: unknown, index: number) => ({ agent: `a-${index}`, note: 'idle' });

test.each<[string, Operation]>([
  ['the id of a task', { op: 'complete', id: 'a|b', token: 1, result: '' }],
  ['a whole number (-1)', { op: 'heartbeat', id: 't1', token: -1 }],
  ['a whole number (1.5)', { op: 'heartbeat', id: 't1', token: 1.5 }],
  ['a note on an agent', { op: 'roster', notes: [{ agent: 'a-1', note: 'a|b' }], after: 0 }],
  ['the number of notes on agents', { op: 'roster', notes: Array.from({ length: 1001 }, NOTE), after: 0 }],
  ['the number of routes', { ...POLICY, routes: Array.from({ length: ROUTES_OF_FLEET_MAX + 1 }, ROUTE) }],
  ['a whole number (NaN)', { op: 'submit', task: task('t1', { delayMs: Number.NaN }) }],
])('%s that no shard could keep is refused before it is sent', async (what, operation) => {
  await expect(talker.run(operation)).rejects.toThrow(`the store was sent ${what} that it does not take`);
  expect(talker.bench.store).toMatchObject({ kind: 'memory' });
  expect(await talker.bench.store.apply(SHARD, { ...talker.batch([]), prevLsn: -1 })).toMatchObject({ position: 0 });
});
