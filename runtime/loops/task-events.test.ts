import { afterEach, expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';

let behindMs = 0;
const bench = new Bench(['s-0'], memoryStore({ nowUs: () => (Date.now() - behindMs) * 1000 }));
afterEach(() => bench.close());

async function statesOf(scheduler: RunningScheduler, id: string, after = 0): Promise<readonly string[]> {
  const states: string[] = [];
  const seqs: number[] = [];
  for await (const { state, seq } of scheduler.events(id, after, AbortSignal.timeout(5000))) {
    states.push(state);
    seqs.push(seq);
  }
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  return states;
}

test('who watches a task hears each change and its end, also when the clock of the store went back', async () => {
  const scheduler = await bench.start('s-0');
  const outcome = await scheduler.submit(submission('k-1'));
  const id = outcome.kind === 'accepted' ? outcome.response.id : '';
  const states = statesOf(scheduler, id);
  await expect.poll(async () => (await scheduler.task(id))?.state).toBe('ready');
  behindMs = 20_000;
  const { tasks } = await pollOnce(scheduler);
  await expect.poll(async () => (await scheduler.task(id))?.state).toBe('running');
  await new Promise((resolve) => setTimeout(resolve, 600));
  await scheduler.complete({ id, token: tasks[0]?.token ?? 0, agent: AGENT }, 'r');
  expect(await states).toEqual(['ready', 'running', 'succeeded']);
  // Who comes back with the id of an event from before the clock went back.
  expect(await statesOf(scheduler, id, Number.MAX_SAFE_INTEGER - 9)).toEqual(['succeeded']);
});
