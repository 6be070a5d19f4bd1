import { expect } from 'vitest';
import { ROUTES_OF_FLEET_MAX } from '../../../spec/contract/routing-table.ts';
import { LANE, OTHER_LANE, routePolicy, type Talker } from './bench.ts';
import type { Case } from './conformance.ts';

/** What keeps a shard within its bounds. */
export const BOUNDS_CASES: readonly Case[] = [
  [
    'a full queue refuses one more, counting all builds and what is delayed, not what runs',
    async (talker) => {
      await talker.policy([routePolicy({ depth: { max: 2, onFull: 'reject' } })]);
      await talker.submit('a');
      await talker.submit('b', { lane: OTHER_LANE, delayMs: 1000 });
      expect(await talker.submit('c')).toEqual({ kind: 'refused', because: 'queue-full' });
      expect(await talker.one({ op: 'get', id: 'c' })).toEqual({ kind: 'unknown' });
      await talker.lease();
      expect(await talker.submit('c')).toEqual({ kind: 'accepted' });
    },
  ],
  [
    'the limits of as many routes as may lead to a fleet hold, the last one’s too',
    async (talker) => {
      const others = Array.from({ length: ROUTES_OF_FLEET_MAX - 1 }, (_, index) => ({
        ...routePolicy({ depth: { max: 100 + index, onFull: 'reject' } }),
        route: 1_000_000 + index,
      }));
      await talker.policy([...others, routePolicy({ depth: { max: 1, onFull: 'reject' } })]);
      expect(await talker.submit('a')).toEqual({ kind: 'accepted' });
      expect(await talker.submit('b')).toEqual({ kind: 'refused', because: 'queue-full' });
    },
  ],
  [
    'a full queue lets a less urgent task go for a more urgent one, and only then',
    async (talker) => {
      await talker.policy([routePolicy({ depth: { max: 3, onFull: 'shed-lowest' } })]);
      await talker.submit('n1');
      await talker.submit('l1', { priority: 'low' });
      await talker.submit('l2', { priority: 'low' });
      expect(await talker.submit('l3', { priority: 'low' })).toEqual({ kind: 'refused', because: 'queue-full' });
      expect(await talker.submit('h1', { priority: 'high' })).toMatchObject({
        kind: 'accepted',
        shed: { id: 'l2', state: 'expired', reason: 'shed' },
      });
      expect(await talker.submit('n2')).toMatchObject({ kind: 'accepted', shed: { id: 'l1' } });
      expect(await talker.submit('n3')).toEqual({ kind: 'refused', because: 'queue-full' });
      expect(await talker.submit('h2', { priority: 'high' })).toMatchObject({ shed: { id: 'n2' } });
    },
  ],
  [
    'a key that may have so many tasks refuses one more until one has ended',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 2, onFull: 'reject' } })]);
      await talker.submit('a', { key: 'k' });
      await talker.submit('b', { key: 'k' });
      expect(await talker.submit('c', { key: 'k' })).toEqual({ kind: 'refused', because: 'key-full' });
      expect(await talker.submit('c', { key: 'other' })).toEqual({ kind: 'accepted' });
      const lease = await talker.lease();
      await talker.one({ op: 'fail', ...lease, then: 'release', delayMs: 0, reason: 'drain', result: '' });
      expect(await talker.submit('d', { key: 'k' })).toMatchObject({ kind: 'refused' });
      await talker.complete(await talker.lease());
      expect(await talker.submit('d', { key: 'k' })).toEqual({ kind: 'accepted' });
    },
  ],
  [
    'a key is counted where its task is, also after it moved',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'reject' } })]);
      await talker.submit('a', { key: 'k' });
      await talker.one({ op: 'relane', id: 'a', lane: OTHER_LANE });
      expect(await talker.submit('b', { key: 'k' })).toEqual({ kind: 'refused', because: 'key-full' });
      await talker.one({ op: 'relane', id: 'a', lane: 77 });
      expect(await talker.submit('b', { key: 'k' })).toEqual({ kind: 'accepted' });
    },
  ],
  [
    'a known id is answered with its record, so that the digests can be compared',
    async (talker) => {
      await talker.submit('t1', { digest: 'first' });
      const again = await talker.submit('t1', { digest: 'second' });
      expect(again).toMatchObject({ kind: 'known', record: { digest: 'first', state: 'ready' } });
      expect(await talker.one({ op: 'list', of: 'open', lane: LANE, offset: 0, limit: 9 })).toMatchObject({
        records: [{ id: 't1' }],
      });
    },
  ],
  [
    'tasks with the same dedupe key are one within the window, also when it has ended',
    async (talker, bench) => {
      await talker.policy();
      const dedupe = { key: 'order-7', windowMs: 10_000 };
      await talker.submit('t1', { dedupe });
      expect(await talker.submit('t2', { dedupe })).toEqual({ kind: 'duplicate', of: 't1' });
      expect(await talker.submit('t1', { dedupe })).toMatchObject({ kind: 'known' });
      await talker.complete(await talker.lease());
      bench.now += 9999;
      expect(await talker.submit('t2', { dedupe })).toEqual({ kind: 'duplicate', of: 't1' });
      bench.now += 1;
      expect(await talker.submit('t2', { dedupe })).toEqual({ kind: 'accepted' });
      expect(await talker.submit('t3', { dedupe })).toEqual({ kind: 'duplicate', of: 't2' });
    },
  ],
  [
    'no more ended tasks are kept than allowed, the oldest go first',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { finishedMax: 2 });
      for (const id of ['a', 'b', 'c']) {
        await talker.submit(id);
        bench.now += 1;
        await talker.complete(await talker.lease());
      }
      await talker.tick();
      expect(await talker.one({ op: 'list', of: 'finished', offset: 0, limit: 9 })).toMatchObject({
        records: [{ id: 'c' }, { id: 'b' }],
      });
    },
  ],
  [
    'results take no more bytes than allowed',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { resultBytesMax: 8 });
      for (const id of ['a', 'b', 'c']) {
        await talker.submit(id);
        bench.now += 1;
        await talker.complete(await talker.lease(), '"éé"');
      }
      expect(await talker.one({ op: 'inspect', lanes: [] })).toMatchObject({ facts: { finished: 3, resultBytes: 18 } });
      await talker.tick();
      expect(await talker.one({ op: 'inspect', lanes: [] })).toMatchObject({ facts: { finished: 1, resultBytes: 6 } });
    },
  ],
  [
    'no more dead letters are kept than allowed, and the tick says which went',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { deadMax: 1 });
      for (const id of ['a', 'b']) {
        await talker.submit(id);
        bench.now += 1;
        const lease = await talker.lease();
        await talker.one({ op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'attempts', result: '' });
      }
      expect(await talker.tick()).toEqual(['dropped a failed']);
      expect(await talker.one({ op: 'get', id: 'a' })).toEqual({
        kind: 'task',
        record: expect.objectContaining({ state: 'failed', reason: 'attempts' }),
      });
      expect(await talker.one({ op: 'inspect', lanes: [] })).toMatchObject({ facts: { dead: 1, finished: 1 } });
    },
  ],
  [
    'however many tasks that wait are to be looked at, a lease and a delay that are over are found by the same tick',
    async (talker, bench) => {
      await talker.policy([routePolicy()]);
      await talker.submit('runs');
      await talker.lease();
      for (const id of ['w1', 'w2', 'w3', 'w4', 'w5']) await talker.submit(id, { noticeMs: 500, queueMs: 600_000 });
      await talker.submit('late', { delayMs: 20_000 });
      bench.now += 30_001;
      const ticked = await talker.one({ op: 'tick', limit: 2 });
      if (ticked.kind !== 'ticked') throw new Error(ticked.kind);
      const events = ticked.events.map(({ kind, record }) => `${kind} ${record.id}`);
      expect(events.filter((event) => !event.startsWith('waited'))).toEqual(['promoted late', 'lost runs']);
      expect(events.filter((event) => event.startsWith('waited'))).toHaveLength(2);
    },
  ],
  [
    'a tick that may look at nothing only tells the switches',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { finishedMax: 1 });
      for (const id of ['a', 'b']) {
        await talker.submit(id);
        await talker.complete(await talker.lease());
      }
      await talker.submit('late', { delayMs: 1000 });
      await talker.one({ op: 'switch', name: 'drain', value: 'on' });
      bench.now += 2000;
      const switches = new Map([['drain', 'on']]);
      expect(await talker.one({ op: 'tick', limit: 0 })).toEqual({ kind: 'ticked', events: [], switches });
      expect(await talker.one({ op: 'get', id: 'late' })).toMatchObject({ record: { state: 'delayed' } });
      expect(await talker.one({ op: 'inspect', lanes: [] })).toMatchObject({ facts: { finished: 2 } });
    },
  ],
  [
    'there are at most a thousand switches, another one is told so, and known ones can still change',
    async (talker) => {
      const say = (name: string, value = 'on') => talker.one({ op: 'switch', name, value });
      await switchMany(talker, 1000);
      expect(await say('drain:1000')).toEqual({ kind: 'full' });
      expect(await say('drain:0', 'still')).toEqual({ kind: 'ok' });
      const { size, ...some } = await switchesOf(talker, ['drain:0', 'drain:1000']);
      expect([size, some]).toEqual([1000, { 'drain:0': 'still' }]);
      expect(await say('drain:1', '')).toEqual({ kind: 'ok' });
      expect(await say('drain:1000')).toEqual({ kind: 'ok' });
    },
  ],
  [
    'however many switches there are, a shard can be paused and drained, and somebody can lead',
    async (talker) => {
      const say = (name: string, value = 'on') => talker.one({ op: 'switch', name, value });
      await talker.policy();
      await switchMany(talker, 1000);
      await talker.submit('t1');
      for (const name of ['paused', 'drain', 'leader']) expect(await say(name)).toEqual({ kind: 'ok' });
      expect(await switchesOf(talker, ['paused', 'drain', 'leader'])).toMatchObject({
        paused: 'on',
        drain: 'on',
        leader: 'on',
      });
      const claim = { op: 'claim', agent: 'a-1', lanes: [LANE], count: 1, looks: 8 } as const;
      expect(await talker.one(claim)).toEqual({ kind: 'claims', claims: [], held: 'paused' });
      for (const name of ['paused', 'drain', 'leader']) await say(name, '');
      expect(await say('drain:1000')).toEqual({ kind: 'full' });
      expect(await talker.claim()).toEqual(['t1']);
    },
  ],
];

async function switchMany(talker: Talker, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `drain:${index}`);
  for (let from = 0; from < names.length; from += 200)
    await talker.run(...names.slice(from, from + 200).map((name) => ({ op: 'switch', name, value: 'on' }) as const));
}

/** How many there are, and what some of them hold. */
async function switchesOf(
  talker: Talker,
  names: readonly string[],
): Promise<Readonly<Record<string, string | number>>> {
  const reply = await talker.one({ op: 'tick', limit: 0 });
  if (reply.kind !== 'ticked') throw new Error(`a tick was answered with ${reply.kind}`);
  return {
    size: reply.switches.size,
    ...Object.fromEntries([...reply.switches].filter(([name]) => names.includes(name))),
  };
}
