import { afterEach, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import type { RunningScheduler } from './scheduler.ts';
import { accept, AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
});

const LEASE_MS = 150;
const TASKS = 12;

/** A scheduler with tasks that an agent has taken, all of them leased for a moment. */
async function taken(): Promise<{ scheduler: RunningScheduler; tasks: readonly Assignment[] }> {
  bench = new Bench();
  const summarize = accept({ heartbeatMs: LEASE_MS });
  const scheduler = await bench.start('s-0', {
    table: table({ fleets: { 'research/summarizer': fleet({ slots: 20, accepts: { summarize } }) } }),
  });
  scheduler.register('research/summarizer', { name: 'a-1', slots: 20 });
  for (let n = 0; n < TASKS; n += 1) await scheduler.submit(submission(`k-${n}`));
  const { tasks } = await pollOnce(scheduler, { free: TASKS });
  expect(tasks).toHaveLength(TASKS);
  return { scheduler, tasks };
}

async function breakerOf(scheduler: RunningScheduler): Promise<string | undefined> {
  return (await scheduler.fleet('research/summarizer'))?.builds[0]?.breaker;
}

async function allWait(scheduler: RunningScheduler): Promise<void> {
  await expect.poll(async () => (await scheduler.fleet('research/summarizer'))?.waiting).toBe(TASKS);
}

test('tasks that never reached their agent are no failures of its build: they are handed out again at once', async () => {
  const { scheduler } = await taken();
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('closed');
  expect((await pollOnce(scheduler, { free: TASKS })).tasks).toHaveLength(TASKS);
});

test('an agent that had its tasks and went silent is: the breaker of its build opens', async () => {
  const { scheduler, tasks } = await taken();
  await scheduler.heartbeat(AGENT, tasks);
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('open');
});

test('so is one that begins anew: what it had before, it has dropped', async () => {
  const { scheduler } = await taken();
  await new Promise((resolve) => setTimeout(resolve, 5));
  scheduler.register('research/summarizer', { name: 'a-1', slots: 20 });
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('open');
});
