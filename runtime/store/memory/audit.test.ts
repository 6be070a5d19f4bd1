import { expect, test } from 'vitest';
import { SHARD, START_MS, Talker } from '../testing/bench.ts';
import { shardName } from '../store.ts';
import { audit } from './audit.ts';
import { memoryStore } from './memory-store.ts';

test('a set that its record does not confirm is named', async () => {
  const store = memoryStore({ nowUs: () => START_MS * 1000 });
  const talker = new Talker({ store, now: START_MS });
  await talker.submit('t1');
  const data = store.shard(shardName(SHARD));
  if (data === undefined) throw new Error('no shard');
  expect(audit(data)).toEqual([]);
  data.i.remove('t1');
  data.r.set('t1', 'é');
  expect(audit(data)).toEqual(['t1 is R: i', 'i has more than what is open', 'results have 2 bytes, not 0']);
});
