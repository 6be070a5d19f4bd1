import { expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Batch, Operation } from '../store/store.ts';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';

/** Ends of so many tasks, and what was submitted, are replayed in two. */
const MORE_THAN_A_BATCH = 90;
const SHARD = { fleet: 'research/summarizer', index: 0 };

test('the last batch of a replay, late and after another loss, does not make the shard seem to know the ends before it', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const batches: Batch[] = [];
  const bench = new Bench(['s-0'], {
    ...memory,
    apply: (shard, batch) => {
      if (shard.fleet === SHARD.fleet) batches.push(batch);
      return memory.apply(shard, batch);
    },
  });
  const scheduler = await bench.start();
  let last = '';
  for (let key = 0; key < MORE_THAN_A_BATCH; key += 1) {
    await scheduler.submit(submission(`k-${key}`));
    for (const { id, token } of (await pollOnce(scheduler)).tasks) {
      await scheduler.complete({ id, token, agent: AGENT }, 'r');
      last = id;
    }
  }
  memory.wipe();
  await expect.poll(() => scheduler.task(last)).toMatchObject({ state: 'succeeded' });
  await bench.close();

  const ended = batches.findLastIndex(({ operations }) => operations.some(({ op }) => op === 'finish'));
  const late = batches.slice(ended).find(({ prevLsn, lsn }) => prevLsn === 0 && lsn > 0);
  expect(late?.operations.map(({ op }) => op)).not.toContain('finish');
  memory.wipe();
  // Others are there again, and have brought the shard as far as it was.
  for (let number = 1; number <= (late?.beat ?? 0); number += 1) {
    const operations: readonly Operation[] = [{ op: 'present', schedulers: [] }];
    const batch = {
      scheduler: 's-9',
      prevLsn: 0,
      lsn: 0,
      number,
      after: number - 1,
      tokenFloor: 0,
      beat: 0,
      operations,
    };
    expect(memory.applyNow(SHARD, batch)).toMatchObject({ kind: 'applied' });
  }
  expect(late === undefined ? undefined : memory.applyNow(SHARD, late)).toMatchObject({ kind: 'gap', position: 0 });
});
