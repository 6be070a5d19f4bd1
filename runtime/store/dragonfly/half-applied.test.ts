import { expect, test } from 'vitest';
import type { Operation } from '../store.ts';
import { LANE, SHARD, START_MS, Talker, routePolicy, task, type Bench } from '../testing/bench.ts';
import { lua54Store, type Lua54Store } from '../testing/lua54-store.ts';

/**
 * A command in the middle of a batch fails, for want of memory: a prefix was applied. Sent again the batch must go through,
 * and afterwards no task may be lost, run twice at once, or count against a limit for ever.
 */

const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const POLICY = routePolicy({
  inFlight: 3,
  perKey: { max: 1, onFull: 'queue' },
  affinity: { mode: 'soft', holdMs: 50, spillAfterMs: 20 },
  depth: { max: 100, onFull: 'reject' },
});

interface World {
  readonly bench: Bench & { readonly store: Lua54Store };
  readonly talker: Talker;
  readonly batch: readonly Operation[];
}

async function prepared(): Promise<World> {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000) });
  const talker = new Talker(bench);
  await talker.policy([POLICY]);
  for (const id of ['a', 'b', 'c']) await talker.submit(id, { key: 'k', affinity: 's' });
  await talker.submit('d', { delayMs: 10 });
  await talker.submit('e', { leaseMs: 20 });
  await talker.submit('f', { noticeMs: 5, queueMs: 500_000 });
  const [first, second] = await talker.claims('ag-1', 2);
  if (first === undefined || second === undefined) throw new Error('nothing claimed');
  bench.now += 30;
  const batch: readonly Operation[] = [
    { op: 'submit', task: task('g', { key: 'k', dedupe: { key: 'once', windowMs: 1000 } }) },
    { op: 'complete', id: first.record.id, token: first.record.token, result: '"r"' },
    {
      op: 'fail',
      id: second.record.id,
      token: second.record.token,
      then: 'retry',
      delayMs: 0,
      reason: 'x',
      result: '',
    },
    { op: 'tick', limit: 100 },
    { op: 'claim', agent: 'ag-2', lanes: [LANE], count: 2, looks: 8 },
    { op: 'relane', id: 'c', lane: LANE + 1 },
    { op: 'relane', id: 'c', lane: LANE },
  ];
  return { bench, talker, batch };
}

/** Everything is run to its end; says how each task ended. */
async function drain({ bench, talker }: World): Promise<Readonly<Record<string, string>>> {
  for (let round = 0; round < 30; round += 1) {
    bench.now += 40_000;
    await talker.tick(100);
    for (const { record } of await talker.claims('ag-3', 8, [LANE])) await talker.complete(record);
  }
  const ends: Record<string, string> = {};
  for (const id of IDS) ends[id] = await talker.state(id);
  return ends;
}

test('whichever command fails, the batch goes through when it is sent again, and no task is lost', async () => {
  const whole = await prepared();
  const before = whole.bench.store.commands.calls;
  await whole.talker.run(...whole.batch);
  const calls = whole.bench.store.commands.calls - before;
  expect(calls).toBeGreaterThan(60);
  for (let failsAt = 1; failsAt <= calls; failsAt += 1) {
    const world = await prepared();
    const { commands } = world.bench.store;
    commands.failsAt = commands.calls + failsAt;
    const batch = world.talker.batch(world.batch);
    await expect(world.bench.store.apply(SHARD, batch)).rejects.toThrow('OOM');
    expect(await world.bench.store.apply(SHARD, batch)).toMatchObject({ kind: 'applied' });
    world.talker.applies(batch);
    const ends = await drain(world);
    expect([failsAt, ends]).toEqual([failsAt, Object.fromEntries(IDS.map((id) => [id, 'succeeded']))]);
    expect(await world.talker.one({ op: 'inspect', lanes: [LANE] })).toMatchObject({
      facts: { ready: 0, held: 0, dead: 0, lanes: [{ waiting: 0, running: 0, routeRunning: 0 }] },
    });
    await world.bench.store.close();
  }
});
