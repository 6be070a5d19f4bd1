import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '../core/scheduler.ts';
import { memoryStore, type MemoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { RunningScheduler } from './scheduler.ts';
import { encodeEntry, type End, type JournalEntry } from './journal-entry.ts';
import { openLedger } from './ledger.ts';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';

/** An end is written before the store has said yes, and taken back when it does not: that one, and no other of the same run. */
let bench: Bench;
let memory: MemoryStore;
/** `deaf`: it does what it is asked, and the answer is lost. */
let way: 'open' | 'cut' | 'deaf';

beforeEach(() => {
  way = 'open';
  memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  bench = new Bench(['s-0'], {
    ...memory,
    apply: async (shard, batch) => {
      if (way === 'cut') throw new StoreFailure('unavailable', 'cut');
      const answer = await memory.apply(shard, batch);
      // Nothing else is asked on its way.
      if (way === 'deaf' && batch.operations.some(({ op }) => op === 'complete')) {
        way = 'cut';
        throw new StoreFailure('unavailable', 'deaf');
      }
      return answer;
    },
  });
});
afterEach(() => bench.close());

async function running(): Promise<{ readonly scheduler: RunningScheduler; readonly run: Run }> {
  const scheduler = await bench.start('s-0', { bounds: { patienceMs: 200 } });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  return { scheduler, run: { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT } };
}

async function back(scheduler: RunningScheduler): Promise<void> {
  way = 'open';
  await expect.poll(() => scheduler.status().store).toBe('up');
}

async function stateAfterALoss(scheduler: RunningScheduler, id: string): Promise<string | undefined> {
  memory.wipe();
  way = 'open';
  await expect.poll(() => scheduler.task(id).then((view) => view?.state)).not.toBe('journaled');
  return (await scheduler.task(id))?.state;
}

test('an end that was told outlives a repetition of it that is taken back', async () => {
  const { scheduler, run } = await running();
  way = 'deaf';
  await expect(scheduler.complete(run, 'r')).rejects.toThrow(StoreFailure);
  await back(scheduler);
  expect(await scheduler.complete(run, 'r')).toMatchObject({ kind: 'settled', repeated: true });
  way = 'cut';
  await expect(scheduler.complete(run, 'r')).rejects.toThrow(StoreFailure);
  expect(await stateAfterALoss(scheduler, run.id)).toBe('succeeded');
});

test('an end that was taken back stays so when the task ends otherwise', async () => {
  const { scheduler, run } = await running();
  way = 'cut';
  await expect(scheduler.complete(run, 'r')).rejects.toThrow(StoreFailure);
  await back(scheduler);
  expect(await scheduler.release(run)).toMatchObject({ kind: 'settled' });
  expect(await scheduler.cancel(run.id, 'changed-my-mind')).toMatchObject({ kind: 'done' });
  expect(await stateAfterALoss(scheduler, run.id)).toBe('cancelled');
});

const FLEET = 'research/summarizer';
const END: End = { state: 'succeeded', token: 7, digest: 'd', reason: '', result: '' };
const end: JournalEntry = { kind: 'end', fleet: FLEET, id: 't', end: END };
const unend: JournalEntry = { kind: 'unend', fleet: FLEET, id: 't', token: 7 };
const submit = { kind: 'submit', fleet: FLEET, task: { id: 't', acceptedMs: 1 } } as JournalEntry;

/** Records from LSN 1 on, as a life before has left them. */
async function read(
  ...entries: readonly JournalEntry[]
): Promise<{ readonly open: boolean; readonly unended: string }> {
  const ledger = await openLedger(
    memoryJournal(entries.map((entry, index) => ({ lsn: index + 1, payload: encodeEntry(entry) }))),
  );
  const unended = entries.flatMap((_, index) => (ledger.isUnended(index + 1) ? [index + 1] : []));
  return { open: ledger.isOpen(FLEET, 't'), unended: unended.join(' ') };
}

test('a life that comes after takes back the same ends', async () => {
  expect(await read(submit, end, { ...unend, lsn: 2 })).toEqual({ open: true, unended: '2' });
  expect(await read(submit, end, end, { ...unend, lsn: 3 })).toEqual({ open: false, unended: '3' });
  const cancelled: JournalEntry = { ...end, end: { ...END, state: 'cancelled' } };
  expect(await read(submit, end, { ...unend, lsn: 2 }, cancelled)).toEqual({ open: false, unended: '2' });
  const refused: JournalEntry = { kind: 'void', fleet: FLEET, id: 't' };
  expect(await read(submit, refused, submit, end, { ...unend, lsn: 4 })).toEqual({ open: true, unended: '4' });
});

test('what an earlier version took back was the last success of the run', async () => {
  const cancelled: JournalEntry = { ...end, end: { ...END, state: 'cancelled' } };
  expect(await read(submit, end, unend, end)).toEqual({ open: false, unended: '2' });
  expect(await read(submit, end, end, unend)).toEqual({ open: false, unended: '3' });
  expect(await read(submit, end, cancelled, unend)).toEqual({ open: false, unended: '2' });
  expect(await read(submit, unend)).toEqual({ open: true, unended: '' });
});
