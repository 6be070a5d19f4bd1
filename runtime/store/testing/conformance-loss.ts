import { expect } from 'vitest';
import { LANE, SHARD, START_MS, Talker, routePolicy, task } from './bench.ts';
import type { Case } from './conformance.ts';

const END = { state: 'succeeded', token: 1, digest: 'd1', reason: '', result: '' } as const;

/** Positions, gaps, holds and replay: what makes the store rebuildable. */
export const LOSS_CASES: readonly Case[] = [
  [
    'a batch from another position is refused whole, and told where the shard is',
    async (talker, bench) => {
      await talker.policy();
      talker.position = 7;
      const batch = talker.batch([{ op: 'submit', task: task('t1') }]);
      expect(await bench.store.apply(SHARD, batch)).toEqual({ kind: 'gap', position: 1, number: 1, beat: 1 });
      talker.position = 1;
      expect(await talker.one({ op: 'get', id: 't1' })).toEqual({ kind: 'unknown' });
    },
  ],
  [
    'each scheduler has a position of its own, and may move it by more than one',
    async (talker, bench) => {
      const batch = talker.batch([]);
      expect(await bench.store.apply(SHARD, { ...batch, lsn: 41 })).toMatchObject({ kind: 'applied', replies: [] });
      expect(await bench.store.apply(SHARD, { ...batch, prevLsn: -1 })).toEqual({
        kind: 'gap',
        position: 41,
        number: 1,
        beat: 1,
      });
      const other = new Talker(bench, 's-2');
      expect(await bench.store.apply(SHARD, { ...other.batch([]), prevLsn: -1 })).toEqual({
        kind: 'gap',
        position: 0,
        number: 0,
        beat: 1,
      });
    },
  ],
  [
    'a batch that comes late is refused when the shard has forgotten the one before it, which did not move the position',
    async (talker, { store }) => {
      const end = talker.batch([{ op: 'finish', id: 't1', ...END }]);
      const moves = { ...talker.batch([]), number: 2, after: 1 };
      expect(await store.apply(SHARD, moves)).toEqual({ kind: 'gap', position: 0, number: 0, beat: 0 });
      expect(await store.apply(SHARD, { ...end, lsn: 0 })).toMatchObject({ kind: 'applied' });
      expect(await store.apply(SHARD, { ...end, lsn: 0 })).toEqual({ kind: 'gap', position: 0, number: 1, beat: 1 });
      expect(await store.apply(SHARD, moves)).toMatchObject({ kind: 'applied' });
      expect(await store.apply(SHARD, moves)).toEqual({ kind: 'gap', position: 1, number: 2, beat: 2 });
    },
  ],
  [
    'a shard that has applied fewer batches than somebody saw has forgotten some: the batch is refused',
    async (talker, bench) => {
      await talker.policy();
      const other = new Talker(bench, 's-2');
      const batch = { ...other.batch([{ op: 'get', id: 't1' }]), lsn: 0 };
      expect(await bench.store.apply(SHARD, { ...batch, beat: 1 })).toMatchObject({ kind: 'applied', beat: 2 });
      const next = { ...batch, number: 2, after: 1 };
      expect(await bench.store.apply(SHARD, { ...next, beat: 3 })).toEqual({
        kind: 'gap',
        position: 0,
        number: 1,
        beat: 2,
      });
      expect(await bench.store.apply(SHARD, { ...next, beat: 2 })).toMatchObject({ kind: 'applied', beat: 3 });
    },
  ],
  [
    'during a hold nothing ends, nothing runs out, and who asks is told to come back',
    async (talker, bench) => {
      await talker.policy();
      for (const id of ['t1', 't2', 't3']) await talker.submit(id);
      const [run, buried] = await talker.claims('a-1', 2);
      const beat = { op: 'heartbeat', id: run?.record.id ?? '', token: run?.record.token ?? 0 } as const;
      const { id = '', token = 0 } = run?.record ?? {};
      const dead = { id: buried?.record.id ?? '', token: buried?.record.token ?? 0 };
      await talker.one({ op: 'fail', ...dead, then: 'dead', delayMs: 0, reason: 'error', result: '' });
      await talker.one({ op: 'begin', holdMs: 60_000 });
      bench.now += 30_000;
      expect(await talker.tick()).toEqual([]);
      expect(
        await talker.run(
          { op: 'complete', id, token, result: '' },
          { op: 'fail', id, token, then: 'retry', delayMs: 0, reason: 'error', result: '' },
          { op: 'cancel', id: 't3', reason: 'by-owner' },
          { op: 'remove', id: 't3', reason: 'fallback' },
          { op: 'redrive', id: dead.id },
          { ...beat, token: 1 },
          { ...beat, id: 'nobody' },
        ),
      ).toEqual(Array.from({ length: 7 }, () => ({ kind: 'held' })));
      expect([await talker.state(id), await talker.state('t3')]).toEqual(['leased', 'ready']);
      await talker.one({ op: 'end', schedulers: ['s-1'] });
      expect(await talker.tick()).toEqual([`lost ${id} ready`]);
    },
  ],
  [
    'a replayed success is that of its own run, and of two the later one’s',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const run = await talker.lease();
      const success = { op: 'finish', id: 't1', state: 'succeeded', digest: 'd1', reason: '' } as const;
      await talker.one({ ...success, token: run.token - 10, result: '"early"' });
      expect(await talker.complete(run)).toMatchObject({ kind: 'stale' });
      expect(await talker.one({ ...success, token: run.token, result: '"late"' })).toMatchObject({ kind: 'already' });
      await talker.one({ ...success, token: run.token - 10, result: '"early"' });
      expect(await talker.complete({ id: 't1', token: run.token - 10 })).toMatchObject({ kind: 'stale' });
      expect(await talker.complete(run)).toMatchObject({ kind: 'already' });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ result: '"late"' });
    },
  ],
  [
    'a replayed success gives way to another end of its run or of a later one, whichever comes first',
    async (talker) => {
      await talker.policy();
      const success = { op: 'finish', state: 'succeeded', token: 7, digest: 'd1', reason: '', result: '"r"' } as const;
      const cancelled = { ...success, state: 'cancelled', reason: 'asked', result: '' } as const;
      const kept = async (id: string) => {
        const reply = await talker.one({ op: 'get', id });
        if (reply.kind !== 'task') throw new Error(`${id} is ${reply.kind}`);
        const { state, token, reason = '' } = reply.record;
        return [state, token, reason, reply.result ?? ''];
      };
      await talker.one({ ...success, id: 'own' });
      expect(await talker.one({ ...cancelled, id: 'own' })).toMatchObject({ kind: 'already' });
      expect(await kept('own')).toEqual(['cancelled', 7, 'asked', '']);
      expect(await talker.one({ ...success, id: 'own' })).toMatchObject({ kind: 'stale' });
      expect(await kept('own')).toEqual(['cancelled', 7, 'asked', '']);
      await talker.one({ ...success, id: 'later' });
      await talker.one({ ...success, id: 'later', state: 'failed', token: 8, result: '"why"' });
      expect(await kept('later')).toEqual(['failed', 8, '', '"why"']);
      await talker.one({ ...success, id: 'earlier' });
      expect(await talker.one({ ...cancelled, id: 'earlier', token: 6 })).toMatchObject({ kind: 'stale' });
      expect(await kept('earlier')).toEqual(['succeeded', 7, '', '"r"']);
      expect(await talker.one({ op: 'inspect', lanes: [] })).toMatchObject({ facts: { finished: 3, resultBytes: 8 } });
    },
  ],
  [
    'a replayed end is that of its input, also when another one came back first under the same id',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1', { digest: 'd2' });
      expect(await talker.one({ op: 'finish', id: 't1', ...END })).toMatchObject({ record: { digest: 'd1' } });
      expect((await talker.record('t1')).digest).toBe('d1');
    },
  ],
  [
    'what one scheduler has seen handed out stays below what another one is given',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      const other = new Talker(bench, 's-2');
      other.tokenFloor = 9e15;
      await other.run({ op: 'end', schedulers: ['s-2'] });
      expect((await talker.lease()).token).toBe(9e15 + 1);
    },
  ],
  [
    'an answer tells the time, the policy, the hold and what is ready',
    async (talker) => {
      expect(await talker.applied({ op: 'submit', task: task('t1') })).toEqual({
        kind: 'applied',
        nowMs: START_MS,
        beat: 1,
        revision: '',
        holdUntilMs: 0,
        ready: 1,
        replies: [{ kind: 'accepted' }],
      });
      await talker.policy();
      expect(await talker.applied({ op: 'begin', holdMs: 3000 })).toMatchObject({
        revision: 'sha256-1',
        holdUntilMs: START_MS + 3000,
      });
    },
  ],
  [
    'nothing is claimed while a scheduler replays, until all have, or the hold ends',
    async (talker, bench) => {
      const other = new Talker(bench, 's-2');
      await talker.policy();
      await talker.submit('t1');
      await talker.one({ op: 'begin', holdMs: 3000 });
      const claim = { op: 'claim', agent: 'a-1', lanes: [LANE], count: 1, looks: 8 } as const;
      expect(await talker.one(claim)).toEqual({ kind: 'claims', claims: [], held: 'hold' });
      await talker.one({ op: 'end', schedulers: ['s-1', 's-2'] });
      expect(await talker.one(claim)).toMatchObject({ held: 'hold' });
      await other.one({ op: 'end', schedulers: ['s-1', 's-2'] });
      expect(await talker.claim()).toEqual(['t1']);

      await talker.submit('t2');
      await talker.one({ op: 'begin', holdMs: 999_999_999 });
      expect(await talker.applied({ op: 'end', schedulers: ['s-1', 's-2'] })).toMatchObject({
        holdUntilMs: START_MS + 60_000,
      });
      bench.now += 60_000;
      expect(await talker.applied()).toMatchObject({ holdUntilMs: 0 });
      expect(await talker.claim()).toEqual(['t2']);
    },
  ],
  [
    'a replayed end wins over the submission, before or after it',
    async (talker) => {
      await talker.policy();
      const end = { op: 'finish', state: 'succeeded', token: 5, digest: 'd1', reason: '', result: '"r"' } as const;
      await talker.submit('open');
      expect(await talker.one({ ...end, id: 'open' })).toMatchObject({ kind: 'done', record: { token: 5 } });
      expect(await talker.one({ ...end, id: 'open' })).toMatchObject({ kind: 'already' });
      expect(await talker.one({ ...end, id: 'open', state: 'failed', token: 4 })).toMatchObject({ kind: 'stale' });
      expect(await talker.one({ ...end, id: 'gone' })).toMatchObject({ kind: 'done' });
      expect(await talker.submit('gone')).toMatchObject({
        kind: 'known',
        record: { state: 'succeeded', digest: 'd1' },
      });
      expect(await talker.one({ op: 'get', id: 'gone' })).toMatchObject({ result: '"r"' });
      expect(await talker.complete({ id: 'gone', token: 5 })).toMatchObject({ kind: 'already' });
      expect(await talker.claim()).toEqual([]);
    },
  ],
  [
    'a replayed submission was promised: no bound refuses it',
    async (talker) => {
      const depth = { max: 1, onFull: 'reject' } as const;
      await talker.policy([routePolicy({ depth, perKey: { max: 1, onFull: 'reject' } })]);
      const dedupe = { key: 'same', windowMs: 1000 };
      await talker.submit('a', { key: 'k', dedupe });
      expect(await talker.submit('b', { key: 'k', dedupe, acceptedMs: START_MS })).toEqual({ kind: 'accepted' });
    },
  ],
  [
    'an agent that knows more than a store that has forgotten may complete its task',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1', { acceptedMs: START_MS });
      expect(await talker.complete({ id: 't1', token: 99 })).toMatchObject({ kind: 'done', record: { token: 99 } });
    },
  ],
  [
    'a retry that the store has forgotten changes nothing',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1', { acceptedMs: START_MS });
      const fail = { op: 'fail', id: 't1', token: 9, then: 'retry', delayMs: 1, reason: 'x', result: '' } as const;
      expect(await talker.one(fail)).toMatchObject({ kind: 'already', record: { state: 'ready', attempts: 0 } });
      await talker.lease();
      expect(await talker.one(fail)).toMatchObject({ kind: 'stale', record: { state: 'leased' } });
    },
  ],
  [
    'what a lost reply had handed out can be asked for, as far as it still holds',
    async (talker) => {
      await talker.policy();
      for (const id of ['a', 'b', 'c']) await talker.submit(id);
      const { number } = talker;
      const claims = await talker.claims('a-1', 3);
      expect(await talker.one({ op: 'claimed', number })).toEqual({ kind: 'claims', claims });
      await talker.complete({ id: 'b', token: claims[1]?.record.token ?? 0 });
      expect(await talker.one({ op: 'claimed', number })).toEqual({ kind: 'claims', claims: [claims[0], claims[2]] });
      expect(await talker.one({ op: 'claimed', number: number + 1 })).toEqual({ kind: 'claims', claims: [] });
      expect(await new Talker(talker.bench, 's-2').one({ op: 'claimed', number })).toEqual({
        kind: 'claims',
        claims: [],
      });
    },
  ],
  [
    'two lost replies that follow one another can be asked for, each by its number',
    async (talker) => {
      await talker.policy();
      for (const id of ['a', 'b', 'c']) await talker.submit(id);
      const { number } = talker;
      const first = await talker.claims('a-1', 1);
      const second = await talker.claims('a-2', 1);
      expect(await talker.one({ op: 'claimed', number })).toEqual({ kind: 'claims', claims: first });
      expect(await talker.one({ op: 'claimed', number: number + 1 })).toEqual({ kind: 'claims', claims: second });
      while ((talker.number - number) % 2 !== 0) await talker.applied();
      const third = await talker.claims('a-3', 1);
      expect(await talker.one({ op: 'claimed', number })).toEqual({ kind: 'claims', claims: [] });
      expect(await talker.one({ op: 'claimed', number: number + 1 })).toEqual({ kind: 'claims', claims: second });
      expect(third).toHaveLength(1);
    },
  ],
  [
    'a scheduler that lacks nothing says so of the beat that it has seen, and others can ask for it',
    async (talker, { store }) => {
      const other = new Talker(talker.bench, 's-2');
      const schedulers = ['s-2', 's-1', 's-9'];
      expect(await talker.one({ op: 'present', schedulers })).toEqual({ kind: 'present', beats: [0, 0, 0] });
      await talker.submit('t1');
      const said = { ...other.batch([{ op: 'present', schedulers: [] }]), beat: 2 };
      expect(await store.apply(SHARD, said)).toMatchObject({ beat: 3, replies: [{ kind: 'present', beats: [] }] });
      await talker.submit('t2');
      expect(await talker.one({ op: 'present', schedulers })).toEqual({ kind: 'present', beats: [2, 0, 0] });
    },
  ],
  [
    'shards know nothing of each other',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      const other = { ...talker.batch([{ op: 'get', id: 't1' }]), prevLsn: 0, lsn: 0, after: 0 };
      expect(await bench.store.apply({ ...SHARD, index: 1 }, other)).toMatchObject({ replies: [{ kind: 'unknown' }] });
      expect(await bench.store.apply({ fleet: 'other/fleet', index: 0 }, other)).toMatchObject({
        replies: [{ kind: 'unknown' }],
      });
    },
  ],
  [
    'hints reach every listener until it stops',
    async (_talker, { store }) => {
      const heard: string[] = [];
      await store.ping();
      const arrived = new Promise<void>((resolve) => {
        const stop = store.onHint((shard) => {
          heard.push(shard);
          stop();
          resolve();
        });
      });
      for (let attempt = 0; attempt < 200 && heard.length === 0; attempt += 1) {
        store.hint(SHARD);
        await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, 10))]);
      }
      store.hint(SHARD);
      await store.ping();
      expect(heard).toEqual(['research/summarizer:0']);
    },
  ],
];
