import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Operation } from '../store/store.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

const SHARD = { fleet: 'research/summarizer', index: 0 };
const HOUR_MS = 3_600_000;

let bench: VirtualBench;
let batches = 0;
beforeEach(async () => {
  bench = new VirtualBench({ tickMs: 2000 });
  batches = 0;
  await bench.start({});
});
afterEach(() => bench.close());

/** Says something to the shard as another scheduler. */
async function say(...operations: readonly Operation[]) {
  const number = (batches += 1);
  const batch = { scheduler: 's-8', number, after: number - 1, tokenFloor: 0, beat: 0, prevLsn: 0, lsn: 0, operations };
  const answer = await bench.store.apply(SHARD, batch);
  if (answer.kind === 'gap') throw new Error('the batch was not taken');
  return answer.replies;
}

async function names(): Promise<readonly string[]> {
  const [reply] = await say({ op: 'tick', limit: 0 });
  const all = reply?.kind === 'ticked' ? [...reply.switches.keys()] : [];
  return all.filter((name) => !['due', 'leader', 'no-agent'].includes(name)).sort();
}

test('words of schedulers that are no more are taken back an hour after they are over', async () => {
  const now = bench.clock.nowMs();
  const left = {
    'gone:12345': String(now),
    'gone:12345:s-8': String(now),
    'open:digest:s-8': `${now}/${now + 60_000}`,
    'rate:digest:s-8': `${now}/${now + 2 * HOUR_MS}`,
    'leave:a-1': String(now + 9 * HOUR_MS),
    paused: String(now),
  };
  await say(...Object.entries(left).map(([name, value]) => ({ op: 'switch' as const, name, value })));
  await bench.clock.pass(HOUR_MS - 5000);
  expect(await names()).toEqual(Object.keys(left).sort());
  await bench.clock.pass(10_000);
  expect(await names()).toEqual(['leave:a-1', 'open:digest:s-8', 'paused', 'rate:digest:s-8']);
  await bench.clock.pass(60_000);
  expect(await names()).toEqual(['leave:a-1', 'paused', 'rate:digest:s-8']);
});
