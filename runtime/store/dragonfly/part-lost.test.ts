import { expect, test } from 'vitest';
import { LANE, SHARD, START_MS, Talker } from '../testing/bench.ts';
import { lua54Store } from '../testing/lua54-store.ts';
import { keysOf } from './encode.ts';

/** What a server that makes room, or a neighbour, does to a shard: nobody may believe what is left of it. */
const KEY = 'qdwijtzxuobresmal';

async function waiting() {
  const clock = { now: START_MS };
  const bench = Object.assign(clock, { store: await lua54Store(() => clock.now * 1000) });
  const talker = new Talker(bench);
  await talker.policy();
  for (const id of ['t1', 't2']) await talker.submit(id);
  return { talker, commands: bench.store.commands, close: () => bench.store.close() };
}

function keyOf(letter: string): string {
  return keysOf(SHARD)[KEY.indexOf(letter)] ?? '';
}

test.each(['q', 'i', 'o', 'b', 'd', 'm'])('a shard without its key %s has forgotten everything', async (letter) => {
  const { talker, commands, close } = await waiting();
  commands.remove(keyOf(letter));
  await expect(talker.one({ op: 'get', id: 't1' })).rejects.toThrow('gap');
  expect(keysOf(SHARD).filter((key) => commands.has(key))).toEqual([]);
  await close();
});

test.each(['garbage', '', 'R|1|2', `R${'|'.repeat(15)}`])('a record that says %j is no record', async (text) => {
  for (const look of [
    { op: 'get', id: 't1' } as const,
    { op: 'claim', agent: 'a-1', lanes: [LANE], count: 2, looks: 8 } as const,
    { op: 'complete', id: 't1', token: 1, result: '' } as const,
    { op: 'list', of: 'open', lane: LANE, offset: 0, limit: 10 } as const,
  ]) {
    const { talker, commands, close } = await waiting();
    commands.call('HSET', [keyOf('o'), 't1', text]);
    await expect(talker.one(look)).rejects.toThrow('gap');
    expect(keysOf(SHARD).filter((key) => commands.has(key))).toEqual([]);
    await close();
  }
});
