import { expect, test } from 'vitest';
import type { JournalRecord } from '../journal/journal.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { decodeEntry } from './journal-entry.ts';
import { Bench, route, submission, table } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';

test('a task is nowhere else before it is durable that it has gone there', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const bench = new Bench(['s-0'], memory);
  const records: JournalRecord[] = [];
  const waiting: (() => void)[] = [];
  let isSlow = true;
  const hasMoved = (): boolean => records.some(({ payload }) => decodeEntry(payload).kind === 'moved');
  const journal = memoryJournal(records, () =>
    isSlow && hasMoved() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(),
  );
  const fallback = [{ when: ['wait-above' as const], afterMs: 50, fleet: 'research/backup' }];
  const scheduler = await bench.start('s-0', { journal, table: table({ routes: [route({ fallback })] }) });
  const outcome = await scheduler.submit(submission('k-1'));
  const id = outcome.kind === 'accepted' ? outcome.response.id : '';
  const there = (): string | undefined => memory.shard('research/backup:0')?.o.get(id)?.state;
  await expect.poll(hasMoved).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(there()).toBeUndefined();
  isSlow = false;
  for (const resolve of waiting) resolve();
  await expect.poll(there).toBe('R');
  await bench.close();
});
