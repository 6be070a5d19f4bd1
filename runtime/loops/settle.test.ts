import { afterEach, expect, test } from 'vitest';
import type { JournalRecord } from '../journal/journal.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { decodeEntry } from './journal-entry.ts';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

test('a copy of a completion waits for the first one, and takes nothing back that was promised', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  let gone = false;
  const store: Store = {
    ...memory,
    apply: async (shard, batch) => {
      if (gone) throw new StoreFailure('unavailable', 'gone');
      return memory.apply(shard, batch);
    },
  };
  const bench = new Bench(['s-0'], store);
  benches.push(bench);
  const fsync: (() => void)[] = [];
  let slow = false;
  const records: JournalRecord[] = [];
  const journal = memoryJournal(records, () =>
    slow ? new Promise((resolve) => fsync.push(resolve)) : Promise.resolve(),
  );
  const scheduler = await bench.start('s-0', { journal });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  slow = true;
  const first = scheduler.complete(run, 'r');
  await expect.poll(() => memory.shard('research/summarizer:0')?.o.get(run.id)?.state).toBe('S');
  gone = true;
  const copy = scheduler.complete(run, 'r');
  await new Promise((resolve) => setTimeout(resolve, 20));
  slow = false;
  for (const done of fsync.splice(0)) done();
  expect(await first).toMatchObject({ kind: 'settled', repeated: false });
  expect(await copy).toMatchObject({ kind: 'settled', repeated: true });
  expect(records.map(({ payload }) => decodeEntry(payload).kind)).not.toContain('unend');
});

test('a scheduler judges a build by every end that it hears, also of runs that another one started', async () => {
  const bench = new Bench(['s-0', 's-1']);
  benches.push(bench);
  const starter = await bench.start('s-0');
  const other = await bench.start('s-1');
  for (let count = 0; count < 30; count += 1) await starter.submit(submission(`k-${count}`));
  for (let count = 0; count < 12; count += 1) {
    const [task] = (await pollOnce(starter)).tasks;
    expect(
      await other.fail({ id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT }, { error: 'BadInput' }),
    ).toMatchObject({ kind: 'settled' });
  }
  // The one that heard of all failures lets none start any more; each judges by what it hears.
  expect((await pollOnce(other, { waitMs: 100 })).tasks).toEqual([]);
  expect((await pollOnce(starter, { waitMs: 500 })).tasks).toHaveLength(1);
});
