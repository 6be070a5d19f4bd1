import { expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Operation } from '../store/store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { Bench, fleet, route, submission, table } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { VirtualBench } from './testing/virtual-bench.ts';
import { movedReason } from './view.ts';

/** What is accepted is somewhere, however many queues have refused it before. */
const MAIN = 'research/summarizer';
const BACKUP = 'research/backup';
const THIRD = 'research/third';

const queue = { maxDepth: 1, maxAgeMs: 60_000, onFull: 'reject' } as const;

function overflowing(...fleets: readonly string[]) {
  const fallback = fleets.map((to) => ({ when: ['rejected' as const], afterMs: 1000, fleet: to }));
  return {
    fleets: Object.fromEntries([MAIN, ...fleets].map((name) => [name, fleet()])),
    routes: [route({ queue, fallback })],
  };
}

test('what every queue refused is refused again, and accepted once the last one has room', async () => {
  const bench = new VirtualBench();
  await bench.start(overflowing(BACKUP));
  await bench.accepted('k-1');
  const second = await bench.accepted('k-2');
  const refused = { kind: 'refused', because: 'queue-full' };
  expect(await bench.submit('k-3')).toMatchObject(refused);
  expect(await bench.submit('k-3')).toMatchObject(refused);
  expect(await bench.taken('b-1', { fleet: BACKUP })).toEqual([second]);
  const outcome = await bench.submit('k-3');
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  expect(outcome.response).not.toHaveProperty('duplicate');
  expect(await bench.view(outcome.response.id)).toMatchObject({ fleet: BACKUP, state: 'ready' });
  expect(await bench.submit('k-3')).toMatchObject({ response: { duplicate: 'repeated', fleet: BACKUP } });
  await bench.close();
});

test('what two full queues sent on to a third fleet is found there, also after the store is lost', async () => {
  const bench = new VirtualBench();
  await bench.start(overflowing(BACKUP, THIRD));
  await bench.accepted('k-1');
  await bench.accepted('k-2');
  const id = await bench.accepted('k-3');
  expect(await bench.view(id)).toMatchObject({ fleet: THIRD, state: 'ready' });
  bench.store.wipe();
  await bench.clock.pass(10_000);
  expect(await bench.view(id)).toMatchObject({ fleet: THIRD, state: 'ready' });
  expect(await bench.submit('k-3')).toMatchObject({ response: { id, duplicate: 'repeated', fleet: THIRD } });
  expect(await bench.taken('t-1', { fleet: THIRD })).toEqual([id]);
  await bench.close();
});

test('a fleet that has sent a task on is not tried again for it', async () => {
  const bench = new VirtualBench();
  await bench.start(overflowing(BACKUP, MAIN, THIRD));
  await bench.accepted('k-1');
  await bench.accepted('k-2');
  const id = await bench.accepted('k-3');
  expect(await bench.view(id)).toMatchObject({ fleet: THIRD });
  await bench.close();
});

test('where two schedulers leave different word of it at once, the first holds, and it is there', async () => {
  const inner = memoryStore({ nowUs: () => Date.now() * 1000 });
  let isFirst = true;
  const bench = new Bench(['s-0'], {
    ...inner,
    apply: async (shard, batch) => {
      const words = batch.operations.filter((operation) => operation.op === 'finish');
      if (isFirst && words.length > 0) {
        isFirst = false;
        const operations = words.map((word) => ({ ...word, reason: movedReason(THIRD) }));
        await inner.apply(shard, { ...batch, scheduler: 's-1', prevLsn: 0, lsn: 0, after: 0, operations });
      }
      return inner.apply(shard, batch);
    },
  });
  const scheduler = await bench.start('s-0', { table: table(overflowing(BACKUP, THIRD)) });
  await expect.poll(() => scheduler.status().store).toBe('up');
  await scheduler.submit(submission('k-1'));
  const outcome = await scheduler.submit(submission('k-2'));
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  expect(isFirst).toBe(false);
  expect(await scheduler.task(outcome.response.id)).toMatchObject({ fleet: THIRD, state: 'ready' });
  await bench.close();
});

/** A table comes into force when the store is asked for this: to take word that a task has gone on, if not otherwise said. */
async function reloaded(changes: Parameters<typeof table>[0], when: Operation['op'] = 'finish') {
  const inner = memoryStore({ nowUs: () => Date.now() * 1000 });
  let isDue = true;
  const running: RunningScheduler[] = [];
  const bench = new Bench(['s-0'], {
    ...inner,
    apply: (shard, batch) => {
      if (isDue && batch.operations.some(({ op }) => op === when)) {
        isDue = false;
        for (const one of running) one.use(table({ digest: 'sha256-2', ...changes }));
      }
      return inner.apply(shard, batch);
    },
  });
  const scheduler = await bench.start('s-0', { table: table(overflowing(BACKUP)) });
  running.push(scheduler);
  await expect.poll(() => scheduler.status().store).toBe('up');
  await scheduler.submit(submission('k-1'));
  return { bench, scheduler };
}

test('what goes on while a new table comes into force goes where that table has it', async () => {
  const changes = overflowing(BACKUP, THIRD);
  const { bench, scheduler } = await reloaded({
    ...changes,
    fleets: { ...changes.fleets, [BACKUP]: fleet({ accepts: {} }) },
  });
  const outcome = await scheduler.submit(submission('k-2'));
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  expect(await scheduler.task(outcome.response.id)).toMatchObject({ fleet: THIRD });
  await bench.close();
});

test('no word is left of where an earlier table would have sent it: a repetition is placed by the new one', async () => {
  const { bench, scheduler } = await reloaded(overflowing(THIRD), 'get');
  expect(await scheduler.submit(submission('k-2'))).toMatchObject({
    kind: 'unavailable',
    because: 'another routing table has come into force meanwhile',
  });
  const outcome = await scheduler.submit(submission('k-2'));
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  expect(await scheduler.task(outcome.response.id)).toMatchObject({ fleet: THIRD, state: 'ready' });
  await bench.close();
});

test('where the new table has no fleet for it, that is the answer, however often it is asked', async () => {
  const fleets = { [MAIN]: fleet(), [BACKUP]: fleet({ accepts: {} }) };
  const { bench, scheduler } = await reloaded({ fleets, routes: [route()] });
  const nowhere = { kind: 'unroutable', because: 'no-fleet' };
  expect(await scheduler.submit(submission('k-2'))).toMatchObject(nowhere);
  expect(await scheduler.submit(submission('k-2'))).toMatchObject(nowhere);
  await bench.close();
});

test('a submission that comes again is answered when its first promise is durable, and not before', async () => {
  const bench = new Bench();
  const waiting: (() => void)[] = [];
  let isSlow = false;
  const fsync = () => (isSlow ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve());
  const scheduler = await bench.start('s-0', { journal: memoryJournal([], fsync) });
  await expect.poll(() => scheduler.status().store).toBe('up');
  isSlow = true;
  const answered: string[] = [];
  const calls = ['first', 'again'].map((name) =>
    scheduler.submit(submission('k-1')).then(() => {
      answered.push(name);
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toEqual([]);
  isSlow = false;
  for (const done of waiting.splice(0)) done();
  await Promise.all(calls);
  expect(answered.sort()).toEqual(['again', 'first']);
  await bench.close();
});
