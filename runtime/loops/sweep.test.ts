import { afterEach, expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { Bench, submission } from './testing/bench.ts';

let bench = new Bench();
afterEach(async () => {
  await bench.close();
});

const FLEET = 'research/summarizer';
const TICK_MS = 400;

/** A store that keeps the first question for a task back until it is let go, and writes down what it was asked together. */
function withHeldQuestion(inner: Store) {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const calls: string[] = [];
  const store: Store = {
    ...inner,
    apply: async (shard, batch) => {
      const asked = batch.operations.map(({ op }) => op);
      calls.push(asked.join(' '));
      if (asked.includes('get')) await gate;
      return inner.apply(shard, batch);
    },
  };
  return { store, calls, letGo: () => letGo() };
}

test('a look that came before a switch was set does not unset it', async () => {
  const { store, calls, letGo } = withHeldQuestion(memoryStore({ nowUs: () => Date.now() * 1000 }));
  bench = new Bench(['s-0'], store);
  const scheduler = await bench.start('s-0', { bounds: { tickMs: TICK_MS, idleTickMs: TICK_MS } });
  const outcome = await scheduler.submit(submission('k-1'));
  const asked = scheduler.task(outcome.kind === 'accepted' ? outcome.response.id : '');
  // The next look waits behind the question, and the switch behind both: they leave together, and are answered together.
  await new Promise((resolve) => setTimeout(resolve, 2 * TICK_MS));
  const drained = scheduler.drain(FLEET);
  letGo();
  await Promise.all([asked, drained]);
  await new Promise((resolve) => setTimeout(resolve, TICK_MS / 10));
  expect(calls.find((call) => call.includes('switch'))).toMatch(/^tick .*switch/);
  const fleets = await scheduler.fleets();
  expect(fleets.find(({ fleet }) => fleet === FLEET)?.builds).toMatchObject([{ draining: true }]);
});
