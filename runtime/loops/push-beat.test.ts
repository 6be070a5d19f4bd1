import { afterEach, expect, test } from 'vitest';
import { accept, fleet } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

const FLEET = 'research/summarizer';
const HEARTBEAT_MS = 6000;
/** As long as a call may take. */
const CALL_MS = HEARTBEAT_MS / 3;

let bench: VirtualBench;
afterEach(() => bench.close());

/** A call that has no answer until it is given up. */
async function calling(): Promise<{ readonly id: string; readonly ended: () => boolean }> {
  let ended = false;
  bench = new VirtualBench({
    push: (_, __, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          ended = true;
          reject(new DOMException('it is over', 'AbortError'));
        });
      }),
  });
  const summarize = accept({ heartbeatMs: HEARTBEAT_MS, attempts: 1 });
  await bench.start({
    fleets: { [FLEET]: fleet({ delivery: 'push', url: 'http://agents/v1/tasks', accepts: { summarize } }) },
  });
  const id = await bench.accepted('k');
  return { id, ended: () => ended };
}

test('the call of a task that is cancelled ends before its time is over', async () => {
  const { id, ended } = await calling();
  await bench.clock.until(bench.scheduler.cancel(id, 'not needed'));
  expect(ended()).toBe(false);
  await bench.clock.pass(0.75 * CALL_MS);
  expect(ended()).toBe(true);
  expect(await bench.view(id)).toMatchObject({ state: 'cancelled' });
});

test('the lease of a task is made longer while its call is under way', async () => {
  const { id, ended } = await calling();
  await bench.clock.pass(0.75 * CALL_MS);
  expect(bench.asked('heartbeat')).toBe(1);
  await bench.clock.pass(2 * HEARTBEAT_MS);
  expect(ended()).toBe(false);
  expect(await bench.view(id)).toMatchObject({ state: 'running', crashes: 0 });
});
