import { afterEach, expect, test } from 'vitest';
import type { SubmitOutcome } from '../core/scheduler.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { RunningScheduler } from './scheduler.ts';
import { Bench, submission } from './testing/bench.ts';
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
  for (const name of names) {
    schedulers.set(name, await clock.until(bench.start(name, { clock, bounds: { tickMs: 200, idleTickMs: 400 } })));
  }
  await clock.pass(1000);
  const submit = (name: string, key: string, input: Readonly<Record<string, string>> = {}): Promise<SubmitOutcome> =>
    clock.until(schedulers.get(name)?.submit(submission(key, input)) ?? Promise.reject(new Error(`no ${name}`)));
  return { clock, away, submit, schedulers };
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
