import { afterEach, expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { AGENT, Bench, submission } from './testing/bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const { fleet } = AGENT;
let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

/** Two schedulers over one store. `seen`: what both of them say of the fleet's agents, which must be the same. */
async function two() {
  const clock = new VirtualClock();
  const store = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  const bench = new Bench(['s-0', 's-1'], store);
  close = () => clock.until(bench.close());
  const start = (name: string): Promise<RunningScheduler> =>
    clock.until(bench.start(name, { clock, bounds: { tickMs: 100, idleTickMs: 200 } }));
  const here = await start('s-0');
  const there = await start('s-1');
  await clock.pass(1000);
  const polling = (scheduler: RunningScheduler, name: string, more: { free?: number; waitMs?: number } = {}) => {
    const request = { build: 'v1', slots: 4, free: 4, waitMs: 0, ...more };
    return scheduler.poll({ fleet, name }, request, new AbortController().signal);
  };
  const poll = (...args: Parameters<typeof polling>) => clock.until(polling(...args));
  const seen = async (ms = 1000): Promise<readonly string[]> => {
    await clock.pass(ms);
    const [one, other] = [here, there].map((scheduler) =>
      scheduler
        .agents(fleet)
        .map(({ agent, slots, free, draining }) => `${agent} ${free}/${slots}${draining ? ' drains' : ''}`),
    );
    expect(other).toEqual(one);
    const gauges = [here, there].map((scheduler) => scheduler.gauges().find((one) => one.fleet === fleet));
    expect(gauges[1]?.agents).toEqual(gauges[0]?.agents);
    expect(gauges[1]?.slots).toEqual(gauges[0]?.slots);
    return one ?? [];
  };
  const counted = () => here.gauges().find((one) => one.fleet === fleet);
  return { clock, store, bench, start, here, there, poll, polling, seen, counted };
}

test('agents that keep to one scheduler are known to all, and each counts once', async () => {
  const { here, there, poll, seen, counted } = await two();
  await poll(here, 'a-0');
  await poll(there, 'a-1', { free: 1 });
  await poll(there, 'a-2');
  expect(await seen()).toEqual([`${fleet}/a-0 4/4`, `${fleet}/a-1 1/4`, `${fleet}/a-2 4/4`]);
  expect(counted()).toMatchObject({ agents: { idle: 2, busy: 1, draining: 0, lost: 0 }, slots: { busy: 0, free: 9 } });
});

test('an agent that polls now here and now there counts once, as it was heard of last', async () => {
  const { clock, here, there, poll, seen } = await two();
  for (let round = 0; round < 5; round += 1) {
    await poll(here, 'a-0', { free: 3 });
    await clock.pass(300);
    await poll(there, 'a-0', { free: 2 });
    await clock.pass(700);
  }
  expect(await seen()).toEqual([`${fleet}/a-0 2/4`]);
  await poll(here, 'a-0', { free: 1 });
  expect(await seen()).toEqual([`${fleet}/a-0 1/4`]);
});

test('an agent that waits is there as long as it waits, and is forgotten a minute after it was heard of last', async () => {
  const { clock, here, there, polling, seen, counted } = await two();
  let isOver = false;
  void polling(there, 'a-0', { waitMs: 30_000 }).then(() => (isOver = true));
  await clock.pass(29_000);
  expect(isOver).toBe(false);
  expect(counted()).toMatchObject({ agents: { idle: 1, lost: 0 } });
  await clock.pass(2000);
  expect(isOver).toBe(true);
  await clock.pass(45_000);
  expect(counted()).toMatchObject({ agents: { idle: 0, lost: 1 }, slots: { free: 0 } });
  expect(await clock.until(here.fleet(fleet))).toMatchObject({ agents: 0 });
  await clock.pass(20_000);
  expect(await seen()).toEqual([]);
  expect(there.agents(fleet)).toEqual([]);
});

test('an agent that works for long and beats at another scheduler than it polled at is there', async () => {
  const { clock, here, there, poll, seen } = await two();
  await poll(here, 'a-0', { free: 1 });
  await seen();
  for (let minutes = 0; minutes < 3; minutes += 0.25) {
    await clock.until(there.heartbeat({ fleet, name: 'a-0' }, []));
    await clock.pass(15_000);
  }
  expect(await seen()).toEqual([`${fleet}/a-0 1/4`]);
});

test('the end of a run frees a slot of its agent, at whichever scheduler it is told', async () => {
  const { clock, here, there, poll, seen } = await two();
  await clock.until(here.submit(submission('k-1')));
  const [task] = (await poll(here, AGENT.name, { free: 1, waitMs: 500 })).tasks;
  expect(await seen()).toEqual([`${fleet}/${AGENT.name} 0/4`]);
  await clock.until(there.complete({ id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT }, 'r'));
  expect(await seen()).toEqual([`${fleet}/${AGENT.name} 1/4`]);
});

test('one that drains counts as such at all', async () => {
  const { clock, here, there, poll, seen, counted } = await two();
  await poll(there, 'a-0');
  await poll(here, 'a-1');
  await clock.until(here.drainAgent({ fleet, name: 'a-0' }));
  expect(await seen()).toEqual([`${fleet}/a-0 4/4 drains`, `${fleet}/a-1 4/4`]);
  expect(counted()).toMatchObject({ agents: { idle: 1, draining: 1 }, slots: { free: 4 } });
});

test('a store that has forgotten everything is told again, and a scheduler that begins anew is too', async () => {
  const { clock, store, bench, start, here, there, poll, seen } = await two();
  await poll(here, 'a-0');
  await poll(there, 'a-1');
  const both = [`${fleet}/a-0 4/4`, `${fleet}/a-1 4/4`];
  expect(await seen()).toEqual(both);
  store.wipe();
  expect(await seen(5000)).toEqual(both);
  await clock.until(there.close());
  bench.running.splice(1, 1);
  const again = await start('s-1');
  await clock.pass(1000);
  expect(again.agents(fleet).map(({ agent }) => agent)).toEqual([`${fleet}/a-0`, `${fleet}/a-1`]);
});

test('more agents than are told at once are all known soon after', async () => {
  const { here, there, poll, seen } = await two();
  for (let n = 0; n < 700; n += 1) await poll(n % 2 === 0 ? here : there, `a-${n}`);
  expect(await seen(2000)).toHaveLength(700);
});

test('many questions at once share the roster once: a crowd is told of in pages that a shard takes', async () => {
  const inner = memoryStore({ nowUs: () => Date.now() * 1000 });
  const sizes: number[] = [];
  const slow: Store = {
    ...inner,
    apply: async (shard, batch) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      sizes.push(batch.operations.reduce((sum, one) => sum + (one.op === 'roster' ? one.notes.length : 0), 0));
      return inner.apply(shard, batch);
    },
  };
  const bench = new Bench(['s-0', 's-1'], slow);
  close = () => bench.close();
  const bounds = { tickMs: 250, idleTickMs: 500 };
  const [here] = [await bench.start('s-0', { bounds }), await bench.start('s-1', { bounds })];
  for (let n = 0; n < 3000; n += 1) {
    void here.poll(
      { fleet, name: `a-${n}` },
      { build: 'v1', slots: 4, free: 0, waitMs: 0 },
      new AbortController().signal,
    );
  }
  const drains = Array.from({ length: 20 }, (_, n) => here.drainAgent({ fleet, name: `gone-${n}` }));
  expect(new Set(await Promise.all(drains))).toEqual(new Set([false]));
  expect(Math.max(...sizes)).toBe(250);
});
