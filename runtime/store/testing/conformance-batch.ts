import { expect } from 'vitest';
import type { Operation, Reply } from '../store.ts';
import { LANE, OTHER_LANE, routePolicy, task, type Talker } from './bench.ts';
import type { Case } from './conformance.ts';
import type { NewTask } from '../../core/task-record.ts';

/** Operations of one batch see what those before them have done, as if each had been sent alone. */

function submit(id: string, more: Partial<NewTask> = {}): Operation {
  return { op: 'submit', task: task(id, more) };
}

function claim(agent = 'a-1', count = 1, looks = 16): Operation {
  return { op: 'claim', agent, lanes: [LANE], count, looks };
}

function retry(lease: { readonly id: string; readonly token: number }): Operation {
  return { op: 'fail', ...lease, then: 'retry', delayMs: 0, reason: 'error', result: '' };
}

/** Ids of what the claims of a batch got, claim by claim. */
function got(replies: readonly Reply[]): readonly (readonly string[])[] {
  return replies.flatMap((reply) => (reply.kind === 'claims' ? [reply.claims.map(({ record }) => record.id)] : []));
}

async function inspected(talker: Talker) {
  const reply = await talker.one({ op: 'inspect', lanes: [LANE] });
  if (reply.kind !== 'facts') throw new Error('no facts');
  return reply.facts;
}

export const BATCH_CASES: readonly Case[] = [
  [
    'one batch: a task is submitted, handed out and read',
    async (talker) => {
      await talker.policy();
      const replies = await talker.run(submit('a'), submit('b'), claim('a-1'), { op: 'get', id: 'a' });
      expect(got(replies)).toEqual([['a']]);
      expect(replies[3]).toMatchObject({ kind: 'task', record: { state: 'leased' }, body: '{"id":"a"}' });
      expect(await inspected(talker)).toMatchObject({ ready: 1, lanes: [{ waiting: 1, running: 1 }] });
    },
  ],
  [
    'one batch: a retry waits again, and fills the queue',
    async (talker) => {
      await talker.policy([routePolicy({ depth: { max: 1, onFull: 'reject' } })]);
      await talker.submit('a');
      const lease = await talker.lease();
      const [, refused] = await talker.run(retry(lease), submit('b'));
      expect(refused).toEqual({ kind: 'refused', because: 'queue-full' });
    },
  ],
  [
    'one batch: a key is full as soon as it has a task',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'reject' } })]);
      const [first, second] = await talker.run(submit('a', { key: 'k' }), submit('b', { key: 'k' }));
      expect([first?.kind, second?.kind]).toEqual(['accepted', 'refused']);
    },
  ],
  [
    'one batch: who was held for a key goes on when its holder ends',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('a', { key: 'k' });
      const lease = await talker.lease();
      const replies = await talker.run(
        submit('b', { key: 'k' }),
        claim('a-2', 1, 0),
        { op: 'complete', ...lease, result: '' },
        claim('a-3'),
      );
      expect(got(replies)).toEqual([[], ['b']]);
    },
  ],
  [
    'one batch: who came earlier, and is held for a key, goes on when its holder ends',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('a', { key: 'k' });
      await talker.submit('b', { key: 'k' });
      const lease = await talker.lease();
      const replies = await talker.run(claim('a-2', 1, 0), { op: 'complete', ...lease, result: '' });
      expect(got(replies)).toEqual([[]]);
      expect(await talker.claim('a-3')).toEqual(['b']);
    },
  ],
  [
    'one batch: who was let go on is held again for one that is more urgent',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('a', { key: 'k' });
      await talker.submit('b', { key: 'k' });
      const lease = await talker.lease();
      expect(await talker.claim('a-2')).toEqual([]);
      const replies = await talker.run(
        submit('c', { key: 'k', priority: 'critical' }),
        { op: 'complete', ...lease, result: '' },
        claim('a-2'),
        claim('a-3'),
      );
      expect(got(replies)).toEqual([['c'], []]);
      expect(await inspected(talker)).toMatchObject({ ready: 0, held: 1 });
      await talker.complete({ id: 'c', token: (await talker.record('c')).token });
      expect(await talker.claim('a-4')).toEqual(['b']);
    },
  ],
  [
    'one batch: a task that comes and is cancelled leaves nothing behind',
    async (talker) => {
      await talker.policy();
      await talker.run(submit('a'), { op: 'cancel', id: 'a', reason: 'r' }, claim());
      expect(await talker.state('a')).toBe('cancelled');
      expect(await inspected(talker)).toMatchObject({ ready: 0, finished: 1, lanes: [{ waiting: 0, running: 0 }] });
    },
  ],
  [
    'one batch: what is held for an agent is handed to it',
    async (talker) => {
      await talker.policy([routePolicy({ affinity: { mode: 'hard', holdMs: 60_000, spillAfterMs: 60_000 } })]);
      await talker.submit('a', { affinity: 's' });
      await talker.complete(await talker.lease('a-1'));
      const replies = await talker.run(submit('b', { affinity: 's' }), claim('a-2'), claim('a-1'));
      expect(got(replies)).toEqual([[], ['b']]);
    },
  ],
  [
    'one batch: what was cancelled has left its lane',
    async (talker) => {
      await talker.policy();
      await talker.submit('a');
      await talker.submit('b');
      const replies = await talker.run({ op: 'cancel', id: 'a', reason: 'r' }, claim('a-1', 1, 0));
      expect(got(replies)).toEqual([['b']]);
    },
  ],
  [
    'one batch: what was moved to another lane is in that one',
    async (talker) => {
      await talker.policy();
      await talker.submit('a', { lane: OTHER_LANE });
      const replies = await talker.run(
        { op: 'relane', id: 'a', lane: LANE },
        { op: 'claim', agent: 'a-1', lanes: [OTHER_LANE], count: 1, looks: 16 },
        claim('a-2'),
      );
      expect(got(replies)).toEqual([[], ['a']]);
    },
  ],
  [
    'one batch: what has just come waits behind what the lane has already',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('running', { key: 'k' });
      await talker.lease();
      for (const id of ['t1', 't2', 't3']) await talker.submit(id, { key: 'k' });
      await talker.submit('t4');
      const replies = await talker.run(submit('t5'), claim('a-2', 1), claim('a-3', 1));
      expect(got(replies)).toEqual([['t4'], ['t5']]);
    },
  ],
  [
    'one batch: a heartbeat in time saves its lease from the look that follows',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('a', { leaseMs: 20 });
      const lease = await talker.lease();
      bench.now += 30;
      const [alive, ticked] = await talker.run({ op: 'heartbeat', ...lease }, { op: 'tick', limit: 10 });
      expect(alive).toMatchObject({ kind: 'alive', untilMs: bench.now + 20 });
      expect(ticked).toMatchObject({ kind: 'ticked', events: [] });
    },
  ],
  [
    'one batch: of two results the later run’s is kept, and only it is counted',
    async (talker) => {
      await talker.policy();
      await talker.submit('a');
      const lease = await talker.lease();
      const { digest } = await talker.record('a');
      const end = { state: 'succeeded', digest, reason: '', result: '"y"' } as const;
      await talker.run(
        { op: 'complete', ...lease, result: '"longer"' },
        { op: 'finish', id: 'a', token: lease.token + 5, ...end },
      );
      expect(await talker.one({ op: 'get', id: 'a' })).toMatchObject({ kind: 'task', result: '"y"' });
      expect(await inspected(talker)).toMatchObject({ finished: 1, resultBytes: 3 });
    },
  ],
  [
    'one look: a task that it ends is counted when it trims what has ended',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { finishedMax: 1 });
      await talker.submit('a');
      await talker.complete(await talker.lease(), '"r"');
      await talker.submit('b', { queueMs: 10 });
      bench.now += 20;
      expect(await talker.tick()).toEqual(['expired b expired']);
      expect(await talker.one({ op: 'get', id: 'a' })).toEqual({ kind: 'unknown' });
      expect(await inspected(talker)).toMatchObject({ finished: 1, resultBytes: 0 });
    },
  ],
  [
    'one batch: a trimmed task may be submitted again',
    async (talker) => {
      await talker.policy([routePolicy()], { finishedMax: 1 });
      for (const id of ['a', 'b']) await talker.submit(id);
      await talker.complete(await talker.lease());
      const lease = await talker.lease();
      const replies = await talker.run(
        { op: 'complete', ...lease, result: '' },
        { op: 'tick', limit: 10 },
        submit('a'),
        claim(),
      );
      expect(replies[2]).toEqual({ kind: 'accepted' });
      expect(got(replies)).toEqual([['a']]);
      expect(await talker.state('a')).toBe('leased');
    },
  ],
  [
    'one look: a task that it gives up is counted when it drops dead letters',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { deadMax: 1 });
      for (const id of ['a', 'b']) await talker.submit(id, { runMs: 10, attemptMax: 1 });
      const lease = await talker.lease();
      await talker.one({ op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'error', result: '' });
      await talker.lease();
      bench.now += 20;
      expect(await talker.tick()).toEqual(['timeout b dead', 'dropped a failed']);
      expect(await inspected(talker)).toMatchObject({ dead: 1 });
    },
  ],
  [
    'one batch: the less urgent one that has just come is shed for the more urgent one',
    async (talker) => {
      await talker.policy([routePolicy({ depth: { max: 1, onFull: 'shed-lowest' } })]);
      const replies = await talker.run(
        submit('low', { priority: 'low' }),
        submit('high', { priority: 'high' }),
        claim(),
      );
      expect(replies[1]).toMatchObject({ kind: 'accepted', shed: { id: 'low', state: 'expired' } });
      expect(got(replies)).toEqual([['high']]);
      expect(await inspected(talker)).toMatchObject({ ready: 0, lanes: [{ waiting: 0, running: 1 }] });
    },
  ],
  [
    'one batch: more tasks than are read at once are handed out in their order',
    async (talker) => {
      await talker.policy();
      const ids = Array.from({ length: 90 }, (_, index) => `t${String(index).padStart(2, '0')}`);
      await talker.run(...ids.slice(0, 70).map((id) => submit(id)));
      const more = ids.slice(70).map((id) => submit(id));
      const replies = await talker.run(...more, ...Array.from({ length: 12 }, (_, index) => claim(`a-${index}`, 8)));
      expect(got(replies).flat()).toEqual(ids);
    },
  ],
];
