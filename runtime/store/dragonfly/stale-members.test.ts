import { expect, test } from 'vitest';
import { LANE, OTHER_LANE, SHARD, START_MS, Talker, routePolicy } from '../testing/bench.ts';
import { lua54Store } from '../testing/lua54-store.ts';
import { keysOf } from './encode.ts';

/** A batch that failed half way may have left a task among the ready ones that is no longer ready: only its record counts. */
test('a task that was completed in a batch stays so there, whatever the ready ones say', async () => {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000) });
  const talker = new Talker(bench);
  await talker.policy();
  await talker.submit('leased');
  const [claim] = await talker.claims('ag-1', 1);
  await talker.submit('waits');
  const [ready = ''] = keysOf(SHARD);
  bench.store.commands.call('ZADD', [ready, String(LANE), `${'0'.repeat(16)}:leased`]);
  const complete = { op: 'complete', id: 'leased', token: claim?.record.token ?? 0, result: '' } as const;
  const replies = await talker.run(
    complete,
    { op: 'claim', agent: 'ag-2', lanes: [LANE], count: 1, looks: 8 },
    complete,
  );
  expect(replies).toMatchObject([
    { kind: 'done' },
    { kind: 'claims', claims: [{ record: { id: 'waits' } }] },
    { kind: 'already' },
  ]);
  await bench.store.close();
});

test('a ready task is handed out for the turn and from the lane that its record says, whatever the ready ones say', async () => {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000) });
  const talker = new Talker(bench);
  await talker.policy();
  for (const id of ['waits', 'comes-later']) await talker.submit(id);
  const [ready = ''] = keysOf(SHARD);
  const reply = await talker.one({ op: 'get', id: 'waits' });
  const tag = String(reply.kind === 'task' ? reply.record.tag : 0).padStart(16, '0');
  bench.store.commands.call('ZADD', [ready, String(OTHER_LANE), `${tag}:waits`]);
  expect(await talker.claims('ag-1', 1, [OTHER_LANE])).toEqual([]);
  bench.store.commands.call('ZADD', [ready, String(LANE), `${tag}:waits`]);
  bench.store.commands.call('ZADD', [ready, String(LANE), `${'0'.repeat(16)}:comes-later`]);
  expect(await talker.claims('ag-1', 1, [LANE])).toMatchObject([{ record: { id: 'waits' } }]);
  await bench.store.close();
});

test('a key is free although members of it are left of runs that have ended', async () => {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000) });
  const talker = new Talker(bench);
  await talker.policy([routePolicy({ affinity: { mode: 'soft', holdMs: 1000, spillAfterMs: 600_000 } })]);
  const counts = keysOf(SHARD)[4] ?? '';
  for (const id of ['s1', 's2']) {
    await talker.submit(id, { affinity: 'session' });
    await talker.complete(await talker.lease('a-1'));
    bench.store.commands.call('ZADD', [counts, '0', `a:session a-1 ${id}`]);
  }
  bench.now += 1001;
  await talker.submit('s3', { affinity: 'session' });
  expect(await talker.claim('a-2')).toEqual(['s3']);
  await bench.store.close();
});
