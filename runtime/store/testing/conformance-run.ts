import { expect } from 'vitest';
import { LANE, OTHER_LANE, START_MS, routePolicy, standing } from './bench.ts';
import type { Case } from './conformance.ts';

/** What agents and operators do to a task, and what comes too late. */
export const RUN_CASES: readonly Case[] = [
  [
    'a repeated completion is known as such; one with another token is stale',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const lease = await talker.lease();
      expect(await talker.complete({ ...lease, token: lease.token - 1 })).toMatchObject({ kind: 'stale' });
      expect(await talker.complete(lease)).toMatchObject({ kind: 'done' });
      expect(await talker.complete(lease)).toMatchObject({ kind: 'already', record: { state: 'succeeded' } });
      expect(await talker.complete({ ...lease, token: lease.token + 1 })).toMatchObject({ kind: 'stale' });
    },
  ],
  [
    'the token of a lease says when it began, in microseconds, also after the run has ended in whatever way',
    async (talker, bench) => {
      await talker.policy();
      for (const id of ['t1', 't2', 't3']) await talker.submit(id, { flow: id });
      bench.now += 5000;
      const begunMs = bench.now;
      const [first, second, third] = await talker.claims('a-1', 3);
      bench.now += 3000;
      const fail = { op: 'fail', id: second?.record.id ?? '', token: second?.record.token ?? 0 } as const;
      const replies = await talker.run(
        { op: 'complete', id: first?.record.id ?? '', token: first?.record.token ?? 0, result: '' },
        { ...fail, then: 'retry', delayMs: 0, reason: 'error', result: '' },
      );
      bench.now += 30_000;
      await talker.tick();
      const lost = await talker.run({ op: 'get', id: third?.record.id ?? '' });
      const records = [...replies, ...lost].flatMap((reply) =>
        'record' in reply && reply.record !== undefined ? [reply.record] : [],
      );
      expect(records.map(({ token }) => Math.floor(token / 1000))).toEqual([begunMs, begunMs, begunMs]);
      expect(records.map(({ sinceMs }) => sinceMs - begunMs)).toEqual([3000, 3000, 33_000]);
    },
  ],
  [
    'operations on a task that nobody submitted say so',
    async (talker) => {
      const id = 'ghost';
      const replies = await talker.run(
        { op: 'complete', id, token: 1, result: '' },
        { op: 'fail', id, token: 1, then: 'retry', delayMs: 0, reason: 'error', result: '' },
        { op: 'heartbeat', id, token: 1 },
        { op: 'cancel', id, reason: 'by-owner' },
        { op: 'remove', id, reason: 'fallback' },
        { op: 'relane', id, lane: LANE },
        { op: 'redrive', id },
        { op: 'get', id },
        { op: 'restore', id, standing: standing() },
      );
      expect(replies.map(({ kind }) => kind)).toEqual(replies.map(() => 'unknown'));
    },
  ],
  [
    'a late completion counts while nobody else has the task, and not once somebody has',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2', { flow: 'b' });
      const [first, second] = await talker.claims('a-1', 2);
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['lost t1 ready', 'lost t2 ready']);
      expect(await talker.complete({ id: 't1', token: first?.record.token ?? 0 })).toMatchObject({ kind: 'done' });
      expect(await talker.claim('a-2')).toEqual(['t2']);
      expect(await talker.complete({ id: 't2', token: second?.record.token ?? 0 })).toMatchObject({ kind: 'stale' });
      expect(await talker.state('t2')).toBe('leased');
    },
  ],
  [
    'a completion of a run that was overtaken is stale, also when the later one has been lost too',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      const first = await talker.lease();
      bench.now += 30_000;
      await talker.tick();
      await talker.lease('a-2');
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['lost t1 ready']);
      expect(await talker.complete(first)).toMatchObject({ kind: 'stale', record: { state: 'ready' } });
    },
  ],
  [
    'a task whose end was asked for is not run again when its run fails or is given back',
    async (talker) => {
      await talker.policy();
      for (const [id, then] of [
        ['t1', 'retry'],
        ['t2', 'release'],
      ] as const) {
        await talker.submit(id);
        const lease = await talker.lease();
        await talker.one({ op: 'cancel', id, reason: 'by-owner' });
        const fail = { op: 'fail', ...lease, then, delayMs: 0, reason: 'error', result: '' } as const;
        expect(await talker.one(fail)).toMatchObject({
          kind: 'done',
          record: { state: 'cancelled', reason: 'by-owner' },
        });
        expect(await talker.one(fail)).toMatchObject({ kind: 'already' });
      }
      expect(await talker.claim('a-1', 2)).toEqual([]);
    },
  ],
  [
    'a dead letter that is tried again is as urgent as it was submitted',
    async (talker, bench) => {
      await talker.policy([routePolicy({ aging: { everyMs: 10, max: 'urgent' } })]);
      await talker.submit('t1');
      bench.now += 20;
      await talker.tick();
      const lease = await talker.lease();
      await talker.one({ op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'error', result: '' });
      expect((await talker.record('t1')).priority).not.toBe('normal');
      expect(await talker.one({ op: 'redrive', id: 't1' })).toMatchObject({ record: { priority: 'normal' } });
    },
  ],
  [
    'a run that fails for the last time makes a dead letter, also where its sender did not know that it was the last',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const fail = { op: 'fail', then: 'retry', delayMs: 0, reason: 'error', result: '"why"' } as const;
      const first = await talker.one({ ...fail, ...(await talker.lease()), attemptMax: 2 });
      expect(first).toMatchObject({ kind: 'done', record: { state: 'ready', attempts: 1 } });
      const given = await talker.one({ ...fail, ...(await talker.lease()), then: 'release', attemptMax: 1 });
      expect(given).toMatchObject({ kind: 'done', record: { state: 'ready', attempts: 1 } });
      const last = await talker.one({ ...fail, ...(await talker.lease()), attemptMax: 2 });
      expect(last).toMatchObject({ kind: 'done', record: { state: 'dead', attempts: 2, reason: 'error' } });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ result: '"why"' });
    },
  ],
  [
    'a completion without a token is not accepted for a task that never ran',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      expect(await talker.complete({ id: 't1', token: 0 })).toMatchObject({ kind: 'stale' });
    },
  ],
  [
    'a failed run is tried again after its delay, counted, and at a new turn',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2');
      const fail = {
        op: 'fail',
        ...(await talker.lease()),
        then: 'retry',
        delayMs: 4000,
        reason: 'rate-limited',
        result: '',
      } as const;
      expect(await talker.one(fail)).toMatchObject({
        kind: 'done',
        record: { state: 'delayed', attempts: 1, dueMs: START_MS + 4000, reason: 'rate-limited' },
      });
      expect(await talker.one(fail)).toMatchObject({ kind: 'already', record: { attempts: 1 } });
      bench.now += 3999;
      expect(await talker.tick()).toEqual([]);
      bench.now += 1;
      expect(await talker.tick()).toEqual(['promoted t1 ready']);
      expect(await talker.claim('a-1', 2)).toEqual(['t2', 't1']);
    },
  ],
  [
    'a task that is given back keeps its turn and its count',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2');
      const lease = await talker.lease();
      const back = { op: 'fail', ...lease, then: 'release', delayMs: 0, reason: 'draining', result: '' } as const;
      expect(await talker.one(back)).toMatchObject({ kind: 'done', record: { state: 'ready', attempts: 0 } });
      expect(await talker.claim('a-2')).toEqual(['t1']);
    },
  ],
  [
    'a run that cannot succeed ends the task with its result',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const lease = await talker.lease();
      const failed = { op: 'fail', ...lease, then: 'failed', delayMs: 0, reason: 'bad-input', result: '"no"' } as const;
      expect(await talker.one(failed)).toMatchObject({
        kind: 'done',
        record: { state: 'failed', reason: 'bad-input' },
      });
      expect(await talker.one(failed)).toMatchObject({ kind: 'already' });
      expect(await talker.one({ ...failed, token: lease.token - 1 })).toMatchObject({ kind: 'stale' });
      expect(await talker.complete(lease)).toMatchObject({ kind: 'stale' });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ result: '"no"' });
    },
  ],
  [
    'a dead letter keeps its body and starts anew when it is redriven',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const lease = await talker.lease();
      const dead = { op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'attempts', result: '"why"' } as const;
      expect(await talker.one(dead)).toMatchObject({ kind: 'done', record: { state: 'dead', attempts: 1 } });
      expect(await talker.one({ op: 'list', of: 'dead', offset: 0, limit: 9 })).toMatchObject({
        records: [{ id: 't1', reason: 'attempts' }],
      });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ body: '{"id":"t1"}', result: '"why"' });
      expect(await talker.one({ op: 'redrive', id: 't1' })).toMatchObject({
        kind: 'done',
        record: { state: 'ready', attempts: 0 },
      });
      expect(await talker.one({ op: 'redrive', id: 't1' })).toMatchObject({ kind: 'already' });
      expect(await talker.one({ op: 'list', of: 'dead', offset: 0, limit: 9 })).toMatchObject({ records: [] });
      await talker.complete(await talker.lease());
      expect(await talker.one({ op: 'redrive', id: 't1' })).toMatchObject({ kind: 'stale' });
    },
  ],
  [
    'heartbeats keep a lease, but not past the end of the run',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1', { runMs: 50_000 });
      const lease = await talker.lease();
      bench.now += 25_000;
      const beat = { op: 'heartbeat', ...lease } as const;
      expect(await talker.one(beat)).toEqual({ kind: 'alive', untilMs: START_MS + 50_000, cancel: false });
      bench.now += 10_000;
      expect(await talker.tick()).toEqual([]);
      expect(await talker.one({ ...beat, token: 5 })).toMatchObject({ kind: 'stale' });
      bench.now += 15_000;
      expect(await talker.tick()).toEqual(['timeout t1 delayed']);
      expect(await talker.one(beat)).toMatchObject({ kind: 'stale', record: { attempts: 1, reason: 'timeout' } });
    },
  ],
  [
    'whoever was asked to end and gives up or gives back has ended it',
    async (talker) => {
      await talker.policy();
      for (const then of ['retry', 'release', 'failed', 'dead'] as const) {
        await talker.submit(then);
        const lease = await talker.lease();
        await talker.one({ op: 'cancel', id: then, reason: 'by-owner' });
        const fail = { op: 'fail', ...lease, then, delayMs: 0, reason: 'Aborted', result: '{}' } as const;
        expect(await talker.one(fail)).toMatchObject({
          kind: 'done',
          record: { state: 'cancelled', reason: 'by-owner', attempts: then === 'release' ? 0 : 1 },
        });
        expect(await talker.one(fail)).toMatchObject({ kind: 'already', record: { state: 'cancelled' } });
        expect(await talker.one({ op: 'complete', ...lease, result: '1' })).toMatchObject({ kind: 'stale' });
      }
    },
  ],
  [
    'a waiting task is cancelled at once, whether ready, held, delayed or dead',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('run', { key: 'k' });
      await talker.submit('held', { key: 'k' });
      const lease = await talker.lease();
      await talker.claim();
      await talker.submit('ready');
      await talker.submit('delayed', { delayMs: 1000 });
      await talker.one({ op: 'fail', ...lease, then: 'dead', delayMs: 0, reason: 'x', result: '' });
      for (const id of ['run', 'held', 'ready', 'delayed']) {
        const cancel = { op: 'cancel', id, reason: 'by-owner' } as const;
        expect(await talker.one(cancel)).toMatchObject({ kind: 'done', record: { state: 'cancelled' } });
        expect(await talker.one(cancel)).toMatchObject({ kind: 'already' });
      }
      expect(await talker.claim('a-1', 9)).toEqual([]);
      const facts = await talker.one({ op: 'inspect', lanes: [LANE] });
      expect(facts).toMatchObject({ facts: { ready: 0, held: 0, dead: 0, lanes: [{ waiting: 0, running: 0 }] } });
    },
  ],
  [
    'a running task is asked to end; the agent hears of it, and may still finish',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2');
      const lease = await talker.lease('a-1');
      const cancel = { op: 'cancel', id: 't1', reason: 'by-owner' } as const;
      expect(await talker.one(cancel)).toMatchObject({ kind: 'asked', record: { state: 'leased', cancelAsked: true } });
      expect(await talker.one(cancel)).toMatchObject({ kind: 'asked' });
      expect(await talker.one({ op: 'heartbeat', ...lease })).toMatchObject({ kind: 'alive', cancel: true });
      expect(await talker.complete(lease)).toMatchObject({ kind: 'done' });
      expect(await talker.one(cancel)).toMatchObject({ kind: 'stale', record: { state: 'succeeded' } });

      await talker.lease('a-2');
      await talker.one({ ...cancel, id: 't2' });
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['cancelled t2 cancelled']);
      expect(await talker.record('t2')).toMatchObject({ reason: 'by-owner', crashes: 0 });
    },
  ],
  [
    'a waiting task can be taken out with its body, a running one cannot',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2', { delayMs: 500 });
      const remove = (id: string) => talker.one({ op: 'remove', id, reason: 'fallback' });
      expect(await remove('t2')).toMatchObject({ kind: 'removed', body: '{"id":"t2"}', record: { state: 'moved' } });
      expect(await remove('t2')).toMatchObject({ kind: 'already' });
      await talker.lease();
      expect(await remove('t1')).toMatchObject({ kind: 'stale', record: { state: 'leased' } });
    },
  ],
  [
    'a waiting task moves to another lane and keeps its turn',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2', { lane: OTHER_LANE });
      await talker.submit('t3', { delayMs: 10 });
      const relane = (id: string) => talker.one({ op: 'relane', id, lane: OTHER_LANE });
      expect(await relane('t1')).toMatchObject({ kind: 'done', record: { lane: OTHER_LANE } });
      expect(await relane('t1')).toMatchObject({ kind: 'already' });
      expect(await relane('t3')).toMatchObject({ kind: 'done', record: { state: 'delayed' } });
      bench.now += 10;
      await talker.tick();
      expect(await talker.claim('a-1', 9)).toEqual([]);
      expect(await talker.claim('a-1', 9, [OTHER_LANE])).toEqual(['t1', 't2', 't3']);
      expect(await relane('t1')).toMatchObject({ kind: 'stale' });
    },
  ],
  [
    'tasks are listed by lane, dead and finished ones the newest first, page by page',
    async (talker, bench) => {
      await talker.policy();
      for (const id of ['t1', 't2', 't3', 't4']) await talker.submit(id);
      const first = await talker.lease();
      const list = (of: 'open' | 'finished', offset: number, limit: number) =>
        talker.one({ op: 'list', of, lane: LANE, offset, limit });
      const ids = async (of: 'open' | 'finished', offset: number, limit: number) => {
        const reply = await list(of, offset, limit);
        return reply.kind === 'tasks' ? reply.records.map(({ id }) => id) : [];
      };
      expect(await ids('open', 0, 9)).toEqual(['t2', 't3', 't4', 't1']);
      expect(await ids('open', 1, 2)).toEqual(['t3', 't4']);
      expect(await ids('open', 2, 2)).toEqual(['t4', 't1']);
      expect(await ids('open', 3, 2)).toEqual(['t1']);
      expect(await ids('open', 4, 2)).toEqual([]);
      await talker.complete(first);
      bench.now += 5;
      await talker.complete(await talker.lease());
      expect(await ids('finished', 0, 9)).toEqual(['t2', 't1']);
      expect(await ids('finished', 1, 9)).toEqual(['t1']);
      expect(await ids('finished', 2, 9)).toEqual([]);
    },
  ],
  [
    'what it takes to explain a wait is told',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 2, onFull: 'queue' } })]);
      for (const id of ['t1', 't2', 't3', 't4']) await talker.submit(id, { key: 'k' });
      await talker.submit('other', { lane: OTHER_LANE });
      await talker.lease();
      const facts = await talker.one({ op: 'inspect', lanes: [LANE, OTHER_LANE], id: 't4' });
      expect(facts).toEqual({
        kind: 'facts',
        facts: {
          ready: 4,
          held: 0,
          dead: 0,
          finished: 0,
          resultBytes: 0,
          paused: false,
          lanes: [
            { lane: LANE, waiting: 3, running: 1, routeRunning: 1, rateUntilMs: 0, firstAcceptedMs: START_MS },
            { lane: OTHER_LANE, waiting: 1, running: 0, routeRunning: 1, rateUntilMs: 0, firstAcceptedMs: START_MS },
          ],
          task: { record: await talker.record('t4'), ahead: 2, keyRunning: 1 },
        },
      });
      const ghost = await talker.one({ op: 'inspect', lanes: [], id: 'ghost' });
      expect(ghost.kind === 'facts' && 'task' in ghost.facts).toBe(false);
      expect(await talker.one({ op: 'inspect', lanes: [], id: 't1' })).toMatchObject({ facts: { task: { ahead: 0 } } });
    },
  ],
];
