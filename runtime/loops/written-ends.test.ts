import { afterEach, expect, test } from 'vitest';
import type { JournalRecord } from '../journal/journal.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { decodeEntry, type JournalEntry } from './journal-entry.ts';
import { accept, AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { writtenEnds } from './written-ends.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

const AGAIN = 20;

test('an end that is said again and again is written once, and so is what has ended and is submitted again', async () => {
  const bench = new Bench();
  benches.push(bench);
  const records: JournalRecord[] = [];
  const scheduler = await bench.start('s-0', { journal: memoryJournal(records) });
  const known = async (key: string) => {
    await scheduler.submit(submission(key));
    const [task] = (await pollOnce(scheduler)).tasks;
    return { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  };
  const done = await known('k-1');
  const failed = await known('k-2');
  const result = { text: 'y'.repeat(60_000) };
  await scheduler.complete(done, result);
  await scheduler.fail(failed, { error: 'BadInput' });
  const waiting = await scheduler.submit(submission('k-3'));
  const id = waiting.kind === 'accepted' ? waiting.response.id : '';
  await scheduler.cancel(id, 'enough');
  const before = records.length;
  for (let count = 0; count < AGAIN; count += 1) {
    expect(await scheduler.complete(done, result)).toMatchObject({ kind: 'settled', repeated: true });
    expect(await scheduler.fail(failed, { error: 'BadInput' })).toMatchObject({ repeated: true });
    expect(await scheduler.cancel(id, 'enough')).toMatchObject({ kind: 'done' });
    for (const key of ['k-1', 'k-2', 'k-3']) {
      expect(await scheduler.submit(submission(key))).toMatchObject({ response: { duplicate: 'repeated' } });
    }
    expect(await scheduler.submit(submission('k-1', { other: 'x' }))).toMatchObject({ kind: 'conflict' });
  }
  expect(entriesOf(records.slice(before))).toEqual([]);
});

test('an end that only another journal has is written once by whoever hears it again', async () => {
  const bench = new Bench(['s-0', 's-1']);
  benches.push(bench);
  const first = await bench.start('s-0');
  const records: JournalRecord[] = [];
  const second = await bench.start('s-1', { journal: memoryJournal(records) });
  await first.submit(submission('k-1'));
  const [task] = (await pollOnce(first)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  await first.complete(run, 'r');
  for (let count = 0; count < 3; count += 1) expect(await second.complete(run, 'r')).toMatchObject({ repeated: true });
  expect(entriesOf(records).filter(({ kind }) => kind === 'end')).toHaveLength(1);
});

test('a failure that is said of a run that has succeeded changes nothing of its end, in no journal', async () => {
  const bench = new Bench(['s-0', 's-1']);
  benches.push(bench);
  const records: JournalRecord[][] = [[], []];
  const first = await bench.start('s-0', { journal: memoryJournal(records[0]) });
  const second = await bench.start('s-1', { journal: memoryJournal(records[1]) });
  await first.submit(submission('k-1'));
  const [task] = (await pollOnce(first)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  await first.complete(run, 'r');
  for (const scheduler of [first, second, second]) {
    const said = await scheduler.fail(run, { error: 'Flaky', message: 'late' });
    expect(said).toMatchObject({ kind: 'settled', state: 'succeeded', repeated: true });
  }
  for (const one of records) {
    const said = entriesOf(one).filter(({ kind }) => kind === 'end' || kind === 'stand');
    expect(said).toMatchObject([{ kind: 'end', end: { state: 'succeeded', token: run.token, result: '"r"' } }]);
  }
});

test('a run that is no longer its agent’s is refused again and again without a record', async () => {
  const bench = new Bench();
  benches.push(bench);
  const records: JournalRecord[] = [];
  const tired = fleet({ accepts: { summarize: accept({ heartbeatMs: 50, runMs: 60_000 }) } });
  const fleets = { 'research/summarizer': tired };
  const scheduler = await bench.start('s-0', { journal: memoryJournal(records), table: table({ fleets }) });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const late = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  await expect.poll(async () => (await scheduler.task(late.id))?.state).not.toBe('running');
  await pollOnce(scheduler);
  await scheduler.complete(late, 'late');
  const before = records.length;
  for (let count = 0; count < AGAIN; count += 1) {
    expect(await scheduler.complete(late, 'late')).toMatchObject({ kind: 'stale' });
  }
  expect(entriesOf(records.slice(before)).filter(({ kind }) => kind !== 'stand')).toEqual([]);
});

test('a failure that is said again after its answer was lost is noted all the same', async () => {
  const inner = memoryStore({ nowUs: () => Date.now() * 1000 });
  let losesAnswer = false;
  const bench = new Bench(['s-0'], {
    ...inner,
    apply: async (shard, batch) => {
      const answer = await inner.apply(shard, batch);
      if (!losesAnswer || !batch.operations.some(({ op }) => op === 'fail')) return answer;
      losesAnswer = false;
      throw new StoreFailure('unavailable', 'the answer was lost');
    },
  });
  benches.push(bench);
  const records: JournalRecord[] = [];
  const scheduler = await bench.start('s-0', { journal: memoryJournal(records) });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  losesAnswer = true;
  expect(await scheduler.fail(run, { error: 'Flaky' })).toMatchObject({ kind: 'settled' });
  expect(losesAnswer).toBe(false);
  expect(entriesOf(records)).toContainEqual(
    expect.objectContaining({
      kind: 'stand',
      standing: expect.objectContaining({ state: 'waiting', token: run.token }),
    }),
  );
});

test('the oldest of many ends are forgotten first, and another task under the same name is another end', () => {
  const ends = writtenEnds(2);
  const record = (id: string, acceptedMs = 1) =>
    ({ id, token: 7, state: 'succeeded', digest: 'd', acceptedMs }) as const;
  ends.add('f', record('a'), 1);
  ends.add('f', record('b'), 2);
  ends.add('f', record('a'), 3);
  ends.add('f', record('c'), 4);
  expect(ends.find('f', record('b'))).toBeUndefined();
  expect(ends.find('f', record('a'))).toBe(3);
  expect(ends.find('f', record('a', 2))).toBeUndefined();
  expect(ends.find('g', record('a'))).toBeUndefined();
  expect(ends.has('f', 'c', 7)).toBe(true);
  expect(ends.has('f', 'c', 8)).toBe(false);
});

function entriesOf(records: readonly JournalRecord[]): readonly JournalEntry[] {
  return records.map(({ payload }) => decodeEntry(payload));
}
