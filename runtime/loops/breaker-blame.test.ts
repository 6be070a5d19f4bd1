import { afterEach, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import type { RunningScheduler } from './scheduler.ts';
import { accept, AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
});

const LEASE_MS = 400;
const TASKS = 12;

/** A scheduler whose tasks so many agents have taken, all of them leased for a moment. */
async function taken(agents: number): Promise<{ scheduler: RunningScheduler; tasks: readonly Assignment[] }> {
  bench = new Bench();
  const summarize = accept({ heartbeatMs: LEASE_MS });
  const scheduler = await bench.start('s-0', {
    table: table({ fleets: { 'research/summarizer': fleet({ slots: 20, accepts: { summarize } }) } }),
  });
  for (let n = 0; n < TASKS; n += 1) await scheduler.submit(submission(`k-${n}`));
  const tasks: Assignment[] = [];
  for (const name of names(agents)) {
    scheduler.register('research/summarizer', { name, slots: 20 });
    const agent = { fleet: 'research/summarizer', name };
    tasks.push(...(await pollOnce(scheduler, { agent, free: TASKS / agents })).tasks);
  }
  expect(tasks).toHaveLength(TASKS);
  return { scheduler, tasks };
}

function names(agents: number): readonly string[] {
  return Array.from({ length: agents }, (_, index) => `a-${index + 1}`);
}

async function breakerOf(scheduler: RunningScheduler): Promise<string | undefined> {
  return (await scheduler.fleet('research/summarizer'))?.builds[0]?.breaker;
}

async function allWait(scheduler: RunningScheduler): Promise<void> {
  await expect.poll(async () => (await scheduler.fleet('research/summarizer'))?.waiting).toBe(TASKS);
}

test('tasks that never reached their agents are no failures of the build: they are handed out again at once', async () => {
  const { scheduler } = await taken(TASKS);
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('closed');
  expect((await pollOnce(scheduler, { free: TASKS })).tasks).toHaveLength(TASKS);
});

test('agents that had their tasks and went silent are: the breaker of their build opens', async () => {
  const { scheduler, tasks } = await taken(TASKS);
  await scheduler.heartbeat(AGENT, tasks);
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('open');
});

test('so are those that begin anew: what they had before, they have dropped', async () => {
  const { scheduler } = await taken(TASKS);
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const name of names(TASKS)) scheduler.register('research/summarizer', { name, slots: 20 });
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('open');
});

test('one agent that dies is one failure, however many tasks it had', async () => {
  const { scheduler, tasks } = await taken(1);
  await scheduler.heartbeat(AGENT, tasks);
  await allWait(scheduler);
  expect(await breakerOf(scheduler)).toBe('closed');
});
