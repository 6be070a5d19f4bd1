import { afterEach, expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { AGENT, Bench, submission } from './testing/bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const SHARD = 'research/summarizer:0';
let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

async function started(first: string, ...others: readonly string[]) {
  const clock = new VirtualClock();
  const store = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  const bench = new Bench([first, ...others], store);
  close = () => clock.until(bench.close());
  const start = (name: string): Promise<RunningScheduler> =>
    clock.until(bench.start(name, { clock, bounds: { tickMs: 200, idleTickMs: 400 } }));
  const here = await start(first);
  const all = [here];
  for (const name of others) all.push(await start(name));
  const there = all.at(-1) ?? here;
  await clock.pass(1000);
  const poll = (scheduler: RunningScheduler, name: string = AGENT.name) => {
    const request = { build: 'v1', slots: 4, free: 1, waitMs: 0 };
    return clock.until(scheduler.poll({ fleet: AGENT.fleet, name }, request, new AbortController().signal));
  };
  const leaving = (): readonly string[] =>
    [...(store.shard(SHARD)?.s.keys() ?? [])].filter((name) => name.startsWith('leave:'));
  const drain = (scheduler: RunningScheduler, name: string = AGENT.name): Promise<boolean> =>
    clock.until(scheduler.drainAgent({ fleet: AGENT.fleet, name }));
  return { clock, start, here, there, all, poll, drain, leaving };
}

test('an agent that drains gets nothing more and is told so, wherever it polls and beats', async () => {
  const { clock, here, there, poll, drain } = await started('s-0', 's-1');
  await poll(there);
  expect(await drain(here)).toBe(true);
  await clock.pass(1000);
  await clock.until(here.submit(submission('k-1')));
  for (const scheduler of [there, here]) {
    expect(await poll(scheduler)).toEqual({ tasks: [], drain: true });
    expect(await clock.until(scheduler.heartbeat(AGENT, []))).toMatchObject({ drain: true });
  }
});

test('an agent that no scheduler has seen of late is not there, and nothing is left of the question', async () => {
  const { clock, here, there, poll, drain, leaving } = await started('s-0', 's-1');
  expect(await drain(here)).toBe(false);
  expect(leaving()).toEqual([]);
  await clock.pass(1000);
  expect(await poll(there)).toMatchObject({ drain: false });
});

test('one that registers anew gets tasks at once, wherever it polls', async () => {
  const { clock, here, there, poll, drain, leaving } = await started('s-0', 's-1');
  await poll(there);
  await drain(there);
  await clock.pass(1000);
  expect(await poll(here)).toMatchObject({ drain: true });
  here.register(AGENT.fleet, { name: AGENT.name, slots: 4 });
  await clock.pass(5);
  expect([await poll(here), await poll(there)]).toMatchObject([{ drain: false }, { drain: false }]);
  expect(leaving()).toEqual([]);
});

test('a scheduler that begins anew knows who drains', async () => {
  const { clock, start, here, poll, drain } = await started('s-0');
  await poll(here);
  await drain(here);
  await clock.until(here.close());
  const again = await start('s-0');
  close = () => clock.until(again.close());
  await clock.pass(20);
  expect(await poll(again)).toMatchObject({ drain: true });
});

test('it is kept as long as the agent is seen, and forgotten a while later', async () => {
  const { clock, here, poll, drain, leaving } = await started('s-0');
  await poll(here);
  await drain(here);
  for (let minutes = 0; minutes < 20; minutes += 0.5) {
    expect(await poll(here)).toMatchObject({ drain: true });
    await clock.pass(30_000);
  }
  await clock.pass(14 * 60_000);
  expect(leaving()).toHaveLength(1);
  await clock.pass(3 * 60_000);
  expect(leaving()).toEqual([]);
});

test('however many agents drain, so many are remembered', async () => {
  const { here, poll, drain, leaving } = await started('s-0');
  for (let n = 0; n < 310; n += 1) {
    await poll(here, `a-${n}`);
    await drain(here, `a-${n}`);
  }
  expect(leaving()).toHaveLength(300);
  expect(leaving()).not.toContain('leave:a-0');
  expect(leaving()).toContain('leave:a-309');
});

test('however many agents drain at once, so many are remembered, and a pause has room', async () => {
  const { clock, here, poll, drain, leaving } = await started('s-0');
  const names = Array.from({ length: 1000 }, (_, n) => `a-${n}`);
  for (const name of names) await poll(here, name);
  expect(await Promise.all(names.map((name) => drain(here, name)))).not.toContain(false);
  expect(leaving()).toHaveLength(300);
  expect(await clock.until(here.pause(AGENT.fleet, 'lunch'))).toBe(true);
  await clock.pass(1000);
  expect(await clock.until(here.fleet(AGENT.fleet))).toMatchObject({ paused: true, pausedReason: 'lunch' });
});

test('however many schedulers drain agents at once, a pause and other switches have room', async () => {
  const others = Array.from({ length: 15 }, (_, n) => `s-${n + 1}`);
  const { clock, here, all, poll, leaving } = await started('s-0', ...others);
  const drains: Promise<boolean>[] = [];
  for (const [index, scheduler] of all.entries()) {
    for (let n = 0; n < 70; n += 1) await poll(scheduler, `a-${index}-${n}`);
  }
  for (const [index, scheduler] of all.entries()) {
    for (let n = 0; n < 70; n += 1) drains.push(scheduler.drainAgent({ fleet: AGENT.fleet, name: `a-${index}-${n}` }));
  }
  expect(await clock.until(Promise.all(drains))).not.toContain(false);
  expect(leaving().length).toBeGreaterThanOrEqual(300);
  expect(leaving().length).toBeLessThanOrEqual(316);
  expect(await clock.until(here.drain(AGENT.fleet, 'v1'))).toBe(true);
});
