import { afterEach, expect, test } from 'vitest';
import type { JournalRecord } from '../journal/journal.ts';
import type { Settled } from '../core/observer.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { decodeEntry } from './journal-entry.ts';
import { accept, AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';
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

/** A scheduler with so many tasks ready, the first of which is run by `AGENT`; and a way to say what it asks for next. */
async function oneRuns(tasks: number, store?: Store) {
  const bench = new Bench(['s-0'], store);
  benches.push(bench);
  const scheduler = await bench.start('s-0');
  for (let count = 0; count < tasks; count += 1) await scheduler.submit(submission(`k-${count}`));
  const [task] = (await pollOnce(scheduler)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  const gone = new AbortController();
  const next = (free = 1) => ({ request: { build: 'v1', slots: 4, free }, signal: gone.signal });
  return { scheduler, run, next, gone };
}

test('a completion that asks for more is answered with what waits, in one batch with it', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const batches: string[] = [];
  const apply: Store['apply'] = (shard, batch) => {
    batches.push(batch.operations.map(({ op }) => op).join(' '));
    return memory.apply(shard, batch);
  };
  const { scheduler, run, next } = await oneRuns(4, { ...memory, apply });
  const outcome = await scheduler.complete(run, 'r', next(2));
  expect(outcome).toMatchObject({ kind: 'settled', repeated: false, next: { drain: false } });
  const [second, third] = outcome.kind === 'settled' ? (outcome.next?.tasks ?? []) : [];
  // A look may go with them.
  expect(batches).toContainEqual(expect.stringMatching(/\bcomplete( tick)? claim$/));
  expect(await scheduler.task(second?.id ?? '')).toMatchObject({ state: 'running', agent: AGENT.name });
  expect(await scheduler.task(third?.id ?? '')).toMatchObject({ state: 'running', agent: AGENT.name });
  expect(scheduler.agents()).toMatchObject([{ free: 0 }]);
});

test('where nothing waits, a completion that asks for more does not wait for it', async () => {
  const { scheduler, run, next } = await oneRuns(1);
  expect(await scheduler.complete(run, 'r', next())).toMatchObject({ kind: 'settled', next: { tasks: [] } });
});

test('a completion that is refused, repeated, or of an agent that has gone hands nothing out', async () => {
  const { scheduler, run, next, gone } = await oneRuns(3);
  expect(await scheduler.complete({ ...run, token: run.token - 1 }, 'r', next())).toMatchObject({ kind: 'stale' });
  expect(await scheduler.complete(run, 'r')).toMatchObject({ kind: 'settled', repeated: false });
  expect(await scheduler.complete(run, 'r', next())).toEqual({
    kind: 'settled',
    id: run.id,
    state: 'succeeded',
    repeated: true,
  });
  const [second] = (await pollOnce(scheduler)).tasks;
  gone.abort();
  const { id = '', token = 0 } = second ?? {};
  const last = await scheduler.complete({ id, token, agent: AGENT }, 'r', next());
  expect(last).toMatchObject({ kind: 'settled', repeated: false });
  expect(last).not.toHaveProperty('next');
  // What was claimed meanwhile is ready again at once, with nothing counted against it.
  const [third] = (await pollOnce(scheduler)).tasks;
  expect(third).toMatchObject({ attempt: 1 });
});

test('a completion that asks for more leaves the open poll of its agent alone', async () => {
  const { scheduler, run, next } = await oneRuns(1);
  const poll = pollOnce(scheduler);
  expect(await scheduler.complete(run, 'r', next())).toMatchObject({ kind: 'settled', next: { tasks: [] } });
  await scheduler.submit(submission('later'));
  expect((await poll).tasks).toHaveLength(1);
});

test('an agent that drains is told so with its completion, and gets nothing more', async () => {
  const { scheduler, run, next } = await oneRuns(2);
  expect(await scheduler.drainAgent(AGENT)).toBe(true);
  expect(await scheduler.complete(run, 'r', next())).toMatchObject({ next: { tasks: [], drain: true } });
});

test('an agent that registers again under the name of one that drained gets tasks', async () => {
  const { scheduler } = await oneRuns(2);
  expect(await scheduler.drainAgent(AGENT)).toBe(true);
  expect(await pollOnce(scheduler, { waitMs: 0 })).toMatchObject({ tasks: [], drain: true });
  scheduler.register(AGENT.fleet, { name: AGENT.name, slots: 4 });
  expect(await pollOnce(scheduler)).toMatchObject({ tasks: [{}], drain: false });
});

test('how long a run took is told by whoever hears how it ended, once, also when it is given up', async () => {
  const told: Settled[] = [];
  const bench = new Bench(['s-0', 's-1']);
  benches.push(bench);
  const observer = { settled: (event: Settled) => void told.push(event) };
  const brief = fleet({ accepts: { summarize: accept({ heartbeatMs: 1000 }) } });
  const changes = { observer, table: table({ fleets: { [AGENT.fleet]: brief } }) };
  const starter = await bench.start('s-0', changes);
  for (let count = 0; count < 3; count += 1) await starter.submit(submission(`k-${count}`));
  const { tasks } = await pollOnce(starter, { free: 3 });
  const [own, foreign, lost] = tasks.map(({ id, token }) => ({ id, token, agent: AGENT }));
  const other = await bench.start('s-1', { ...changes, bounds: { tickMs: 60_000, idleTickMs: 60_000 } });
  await expect.poll(() => other.status().store).toBe('up');
  await new Promise((resolve) => setTimeout(resolve, 50));
  if (own !== undefined) await starter.complete(own, 'r');
  if (foreign !== undefined) await other.complete(foreign, 'r');
  await expect.poll(() => told.length).toBe(3);
  expect(told.map(({ id, outcome }) => [id, outcome])).toEqual([
    [own?.id, 'succeeded'],
    [foreign?.id, 'succeeded'],
    [lost?.id, 'lost'],
  ]);
  const seconds = told.map(({ runSeconds = 0 }) => runSeconds);
  expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0.045);
  expect(Math.max(...seconds)).toBeLessThan(10);
  expect(seconds[2]).toBeGreaterThanOrEqual(0.15);
});

test('a long message is cut between two characters', async () => {
  const bench = new Bench();
  benches.push(bench);
  const records: JournalRecord[] = [];
  const scheduler = await bench.start('s-0', { journal: memoryJournal(records) });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const run = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  await scheduler.fail(run, { error: 'BadInput', message: `${'x'.repeat(3999)}🙂🙂` });
  const end = records.map(({ payload }) => decodeEntry(payload)).find(({ kind }) => kind === 'end');
  expect(end?.kind === 'end' && JSON.parse(end.end.result)).toEqual({
    error: 'BadInput',
    message: `${'x'.repeat(3999)}…`,
  });
});
