import { afterEach, expect, test } from 'vitest';
import type { TaskView } from '../../spec/contract/protocol.ts';
import type { Observer } from '../core/observer.ts';
import type { SubmitOutcome } from '../core/scheduler.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { taskId } from '../core/task-id.ts';
import type { RunningScheduler } from './scheduler.ts';
import { digestOf } from './submission-digest.ts';
import { AGENT, Bench, pollOnce, route, submission } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

/** Schedulers over one store that can be away for some of them. */
async function started(...names: readonly string[]) {
  const clock = new VirtualClock();
  const memory = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  const away = new Set<string>();
  const bench = new Bench(names, {
    ...memory,
    apply: (shard, batch) =>
      away.has(batch.scheduler) ? Promise.reject(new StoreFailure('unavailable', 'away')) : memory.apply(shard, batch),
  });
  close = () => clock.until(bench.close());
  const schedulers = new Map<string, RunningScheduler>();
  const told: string[] = [];
  const bounds = { tickMs: 200, idleTickMs: 400 };
  for (const name of names) {
    const observer: Observer = { keyConflict: ({ id, digest }) => told.push(`${name} ${id} ${digest}`) };
    schedulers.set(name, await clock.until(bench.start(name, { clock, observer, bounds })));
  }
  await clock.pass(1000);
  const scheduler = (name: string): RunningScheduler => {
    const found = schedulers.get(name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  };
  const submit = (name: string, key: string, input: Readonly<Record<string, string>> = {}): Promise<SubmitOutcome> =>
    clock.until(scheduler(name).submit(submission(key, input)));
  const views = async (id: string): Promise<readonly (TaskView | undefined)[]> => {
    const found: (TaskView | undefined)[] = [];
    for (const scheduler of schedulers.values()) found.push(await clock.until(scheduler.task(id)));
    return found;
  };
  return { clock, memory, away, submit, views, told, scheduler };
}

test('without the store a key that this scheduler has accepted is the same task, and not another one', async () => {
  const { clock, away, submit } = await started('s-0');
  await submit('s-0', 'before', { n: '1' });
  away.add('s-0');
  await clock.pass(1000);
  expect(await submit('s-0', 'k-1', { n: '1' })).toMatchObject({ kind: 'accepted', response: { status: 'journaled' } });
  for (const key of ['before', 'k-1']) {
    expect(await submit('s-0', key, { n: '1' })).toMatchObject({
      kind: 'accepted',
      response: { status: 'journaled', duplicate: 'repeated' },
    });
    expect(await submit('s-0', key, { n: '2' })).toMatchObject({ kind: 'conflict' });
  }
  away.clear();
  await clock.pass(2000);
  expect(await submit('s-0', 'k-1', { n: '1' })).toMatchObject({
    response: { status: 'accepted', duplicate: 'repeated' },
  });
  expect(await submit('s-0', 'k-1', { n: '2' })).toMatchObject({ kind: 'conflict' });
});

const ID = taskId('research', 'k-1', 'research/summarizer');

/** Two inputs under one key: that of `s-1` was accepted while it was cut off from the store. */
async function conflicting() {
  const bench = await started('s-0', 's-1');
  bench.away.add('s-1');
  await bench.clock.pass(1000);
  expect(await bench.submit('s-1', 'k-1', { n: 'there' })).toMatchObject({ response: { status: 'journaled', id: ID } });
  expect(await bench.submit('s-0', 'k-1', { n: 'here' })).toMatchObject({ response: { status: 'accepted', id: ID } });
  return bench;
}

test('of two inputs under one key the one that the store has is the task, and the other one is told, once', async () => {
  const { clock, memory, away, submit, views, told } = await conflicting();
  away.clear();
  await clock.pass(40_000);
  const shown = { id: ID, input: { n: 'here' }, conflictAt: expect.any(String) };
  expect(await views(ID)).toMatchObject([shown, shown]);
  expect(told).toEqual([`s-1 ${ID} ${digestOf({ task: 'summarize', input: { n: 'there' } })}`]);
  expect(await submit('s-1', 'k-1', { n: 'there' })).toMatchObject({ kind: 'conflict', id: ID });
  memory.wipe();
  await clock.pass(40_000);
  expect(await views(ID)).toMatchObject([{ input: { n: 'here' } }, { input: { n: 'here' } }]);
  expect(told).toHaveLength(1);
});

test.each(['succeeded', 'cancelled'] as const)(
  'the other one is told also when the task has ended as %s where it had been accepted',
  async (state) => {
    const { clock, away, views, told, scheduler } = await conflicting();
    away.clear();
    await clock.pass(2000);
    const there = scheduler('s-1');
    if (state === 'cancelled') await clock.until(there.cancel(ID, 'changed-my-mind'));
    else {
      const request = { build: 'v1', slots: 1, free: 1, waitMs: 1000 };
      const [task] = (await clock.until(there.poll(AGENT, request, new AbortController().signal))).tasks;
      expect(task?.input).toEqual({ n: 'here' });
      await clock.until(there.complete({ id: ID, token: task?.token ?? 0, agent: AGENT }, 'done'));
    }
    await clock.pass(60_000);
    expect(told).toEqual([`s-1 ${ID} ${digestOf({ task: 'summarize', input: { n: 'there' } })}`]);
    const shown = { state, conflictAt: expect.any(String) };
    expect(await views(ID)).toMatchObject([shown, shown]);
  },
);

test('an end that was told stays that of its input, whichever came back first after a loss', async () => {
  const { clock, memory, away, views, told, scheduler } = await conflicting();
  const here = scheduler('s-0');
  const request = { build: 'v1', slots: 1, free: 1, waitMs: 1000 };
  const [task] = (await clock.until(here.poll(AGENT, request, new AbortController().signal))).tasks;
  await clock.until(here.complete({ id: ID, token: task?.token ?? 0, agent: AGENT }, 'done'));
  away.add('s-0').delete('s-1');
  memory.wipe();
  await clock.pass(5000);
  away.clear();
  await clock.pass(60_000);
  expect(await views(ID)).toMatchObject([{ state: 'succeeded', result: 'done' }, { conflictAt: expect.any(String) }]);
  expect(told).toHaveLength(1);
});

test('a key is the same task also when its fleet takes nothing new and another one would get it', async () => {
  const bench = new VirtualBench();
  close = () => bench.close();
  const fallback = [{ when: ['breaker-open' as const], afterMs: 0, fleet: 'research/backup' }];
  await bench.start({ routes: [route({ fallback })] });
  expect(await bench.accepted('k-1', { input: { n: '1' } })).toBe(ID);
  await bench.clock.until(bench.scheduler.drain('research/summarizer'));
  expect(await bench.submit('k-1', { input: { n: '2' } })).toMatchObject({ kind: 'conflict', id: ID });
  expect(await bench.submit('k-1', { input: { n: '1' } })).toMatchObject({
    response: { id: ID, duplicate: 'repeated' },
  });
  expect(await bench.view(ID)).toMatchObject({ state: 'ready', fleet: 'research/summarizer', input: { n: '1' } });
});

test('a run of one input says nothing about the other one, when that is what came back after a loss', async () => {
  const { clock, memory, away, submit, scheduler } = await started('s-0', 's-1');
  await submit('s-0', 'k-1', { n: '1' });
  const [task] = (await clock.until(pollOnce(scheduler('s-0'), { waitMs: 100 }))).tasks;
  const run = { id: ID, token: task?.token ?? 0, agent: AGENT };
  away.add('s-1');
  await clock.pass(1000);
  await submit('s-1', 'k-1', { n: '2' });
  away.add('s-0');
  memory.wipe();
  away.delete('s-1');
  await clock.pass(5000);
  away.delete('s-0');
  await clock.pass(5000);
  expect(await clock.until(scheduler('s-0').complete(run, 'of the first'))).toMatchObject({ kind: 'stale' });
  expect(await clock.until(scheduler('s-0').fail(run, { error: 'BadInput' }))).toMatchObject({ kind: 'stale' });
  expect(await clock.until(scheduler('s-1').task(ID))).toMatchObject({ input: { n: '2' } });
  expect((await clock.until(scheduler('s-1').task(ID)))?.state).not.toBe('succeeded');
});
