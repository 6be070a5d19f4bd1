import { afterEach, expect, test } from 'vitest';
import { laneOf } from '../core/lane.ts';
import { task } from '../store/testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

let bench: VirtualBench;
afterEach(() => bench.close());

test.each(['no JSON', '{}', '"text"', 'null'])(
  'a task whose body says %s ends nobody, waits, and can be cancelled',
  async (body) => {
    const warned: unknown[] = [];
    bench = new VirtualBench({ observer: { warning: (message, details) => warned.push([message, details]) } });
    await bench.start({});
    const good = await bench.accepted('k-1');
    // As a neighbour, or another version, would bring it.
    const id = good.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    const operation = { op: 'submit', task: task(id, { lane: laneOf('research/summaries', 'v1'), body }) } as const;
    await bench.store.apply(
      { fleet: 'research/summarizer', index: 0 },
      { scheduler: 's-8', number: 1, after: 0, tokenFloor: 0, beat: 0, prevLsn: 0, lsn: 0, operations: [operation] },
    );
    const [run, ...others] = await bench.take('a-1', { free: 4 });
    expect([run?.id, others]).toEqual([good, []]);
    if (run !== undefined) await bench.complete(run, 'a-1');
    expect(warned).toEqual([
      ['a task cannot be read: its body in the store is none of ours', expect.objectContaining({ task: id })],
    ]);
    await bench.clock.pass(30_000);
    expect(await bench.taken('a-1', { free: 4 })).toEqual([]);
    expect(await bench.view(id)).toMatchObject({ state: 'delayed', attempts: 0, reason: 'illegible' });
    expect(await bench.clock.until(bench.scheduler.cancel(id, 'not ours'))).toMatchObject({ kind: 'done' });
  },
);
