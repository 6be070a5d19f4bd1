import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from './journal-entry.ts';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';

let bench = new Bench();
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

test('a record that no store takes is left out with a warning, and all others come back', async () => {
  const first = await bench.start();
  for (const key of ['k-1', 'k-2']) await first.submit(submission(key));
  await first.close();
  bench.running.splice(0);
  const journal = bench.journals.get('s-0') ?? [];
  const at = journal.findIndex(({ payload }) => decodeEntry(payload).kind === 'submit');
  const record = journal[at];
  const entry = record === undefined ? undefined : decodeEntry(record.payload);
  if (record === undefined || entry?.kind !== 'submit') throw new Error('nothing was submitted');
  const task = { ...entry.task, body: 'x'.repeat(70_000) };
  journal[at] = { ...record, payload: encodeEntry({ ...entry, task }) };
  bench.store.wipe?.();
  const warned: unknown[] = [];
  const again = await bench.start('s-0', {
    observer: { warning: (message, fields) => warned.push([message, fields['task'], fields['because']]) },
  });
  await expect.poll(() => again.status().store, { timeout: 5000 }).toBe('up');
  expect(warned).toEqual([
    [
      'the journal holds what no store takes, and it is left out',
      entry.task.id,
      'RangeError: the store was sent the size of a body that it does not take',
    ],
  ]);
  const { tasks } = await pollOnce(again, { free: 4 });
  expect(tasks.map(({ id }) => id)).toHaveLength(1);
  expect(tasks[0]?.id).not.toBe(entry.task.id);
});

test('who asks what no store takes is refused alone', async () => {
  const scheduler = await bench.start();
  await expect.poll(() => scheduler.status().store).toBe('up');
  const [refused, taken] = await Promise.allSettled([
    scheduler.heartbeat(AGENT, [{ id: 'no id at all', token: 1 }]),
    scheduler.submit(submission('k-3')),
  ]);
  expect([refused.status, taken.status]).toEqual(['rejected', 'fulfilled']);
  expect(scheduler.status().store).toBe('up');
});
