import { afterEach, describe, expect, test } from 'vitest';
import { VirtualBench } from './testing/virtual-bench.ts';
import { accept, fleet } from './testing/bench.ts';

let bench: VirtualBench;
afterEach(() => bench.close());

const ERRORS = 3;
const FLEET = 'research/summarizer';
const SAYS = 'the circuit breaker of the provider brain is open';

/** A fleet that uses a provider, and a task for each outcome; each waits a long time for its next attempt. */
async function after(outcomes: readonly ('good' | 'provider.brain.overloaded' | 'BadInput')[]): Promise<string> {
  bench = new VirtualBench();
  const accepts = { summarize: accept({ backoff: { firstMs: 40_000, factor: 1, maxMs: 40_000, jitter: 'none' } }) };
  await bench.start({
    fleets: { [FLEET]: fleet({ providers: ['brain'], accepts }) },
    providers: { brain: { breaker: { errors: ERRORS, openForMs: 5000 } } },
  });
  for (const [index, outcome] of outcomes.entries()) {
    await bench.accepted(`k-${index}`);
    const [task] = await bench.take('a-1');
    if (task === undefined) throw new Error(`task ${index} was not handed out`);
    if (outcome === 'good') await bench.complete(task, 'a-1');
    else await bench.fail(task, 'a-1', { error: outcome });
  }
  return bench.accepted('k-last');
}

const BAD = 'provider.brain.overloaded';

describe('Provider.spec.breaker.errors, Provider.spec.breaker.openFor', () => {
  test('as many errors in a row as are declared hold the tasks back for as long as is declared', async () => {
    const id = await after([BAD, BAD, BAD]);
    expect(await bench.taken('a-1')).toEqual([]);
    expect((await bench.why(id)).holds.map(({ says }) => says)).toContain(SAYS);
    await bench.clock.pass(5000);
    expect(await bench.taken('a-1')).toEqual([id]);
  });

  test.each([
    ['fewer', [BAD, BAD]],
    ['as many with a success between them', [BAD, BAD, 'good', BAD]],
    ['as many of which one blames the task', [BAD, BAD, 'BadInput']],
  ] as const)('%s do not', async (_, outcomes) => {
    const id = await after(outcomes);
    expect(await bench.taken('a-1')).toEqual([id]);
  });
});
