import { expect } from 'vitest';
import { START_MS, routePolicy } from './bench.ts';
import type { Case } from './conformance.ts';

/** What happens because time passes. */
export const TIME_CASES: readonly Case[] = [
  [
    'a delayed task is ready when its time has come',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1', { delayMs: 5000 });
      expect(await talker.record('t1')).toMatchObject({ state: 'delayed', dueMs: START_MS + 5000 });
      expect(await talker.claim()).toEqual([]);
      bench.now += 5000;
      expect(await talker.tick()).toEqual(['promoted t1 ready']);
      expect(await talker.claim()).toEqual(['t1']);
    },
  ],
  [
    'a lease that runs out is a crash, and the task keeps its turn',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.submit('t2');
      await talker.lease('a-1');
      bench.now += 29_999;
      expect(await talker.tick()).toEqual([]);
      bench.now += 1;
      expect(await talker.tick()).toEqual(['lost t1 ready']);
      expect(await talker.record('t1')).toMatchObject({ crashes: 1, attempts: 0, sinceMs: START_MS + 30_000 });
      expect(await talker.claim('a-2')).toEqual(['t1']);
    },
  ],
  [
    'three crashes within the window make a dead letter',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      for (let crash = 0; crash < 2; crash += 1) {
        await talker.lease();
        bench.now += 30_000;
        await talker.tick();
      }
      await talker.lease();
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['lost t1 dead']);
      expect(await talker.record('t1')).toMatchObject({ crashes: 3, reason: 'crashes' });
    },
  ],
  [
    'a crash outside the window is forgotten',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { crashMax: 2, crashWindowMs: 100_000 });
      await talker.submit('t1');
      await talker.lease();
      bench.now += 30_000;
      await talker.tick();
      bench.now += 100_000;
      await talker.lease();
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['lost t1 ready']);
      expect(await talker.record('t1')).toMatchObject({ crashes: 1 });
    },
  ],
  [
    'runs that take too long count as attempts, and the last one makes a dead letter',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1', { runMs: 10_000, leaseMs: 10_000, attemptMax: 2, retryMs: 0 });
      await talker.lease();
      bench.now += 10_000;
      expect(await talker.tick()).toEqual(['timeout t1 ready']);
      await talker.lease();
      bench.now += 10_000;
      expect(await talker.tick()).toEqual(['timeout t1 dead']);
      expect(await talker.record('t1')).toMatchObject({ attempts: 2, crashes: 0, reason: 'timeout' });
    },
  ],
  [
    'a task that waited too long expires, ready or held',
    async (talker, bench) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('run', { key: 'k', leaseMs: 600_000 });
      await talker.submit('held', { key: 'k', queueMs: 5000 });
      await talker.submit('ready', { queueMs: 5000 });
      await talker.lease();
      expect(await talker.claim('a-1', 1)).toEqual(['ready']);
      await talker.submit('late', { queueMs: 5000 });
      bench.now += 5000;
      expect(await talker.tick()).toEqual(['expired held expired', 'expired late expired']);
      expect(await talker.record('late')).toMatchObject({ reason: 'queue-age' });
      expect(await talker.claim()).toEqual([]);
    },
  ],
  [
    'a wait is reported again and again, so that another fleet can be tried',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1', { noticeMs: 2000, queueMs: 10_000 });
      bench.now += 2000;
      expect(await talker.tick()).toEqual(['waited t1 ready']);
      bench.now += 1999;
      expect(await talker.tick()).toEqual([]);
      bench.now += 1;
      expect(await talker.tick()).toEqual(['waited t1 ready']);
      bench.now += 6000;
      expect(await talker.tick()).toEqual(['expired t1 expired']);
    },
  ],
  [
    'waiting makes a task more urgent, step by step, and not above its bound',
    async (talker, bench) => {
      await talker.policy([routePolicy({ aging: { everyMs: 1000, max: 'high' } })]);
      for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) await talker.submit(id, { priority: 'normal' });
      await talker.submit('old', { priority: 'low', cost: 100_000, flow: 'acme' });
      await talker.submit('old2', { priority: 'low', cost: 100_000, flow: 'acme' });
      bench.now += 1000;
      const aged = await talker.tick();
      expect(aged).toHaveLength(7);
      expect(await talker.record('old2')).toMatchObject({ priority: 'normal', basePriority: 'low' });
      bench.now += 1000;
      expect(await talker.tick()).toEqual(['aged old ready', 'aged old2 ready']);
      bench.now += 9000;
      expect(await talker.tick()).toEqual([]);
      expect(await talker.record('old2')).toMatchObject({ priority: 'high' });
    },
  ],
  [
    'an aged task gets an earlier turn when its new priority gives one',
    async (talker, bench) => {
      await talker.policy([routePolicy({ aging: { everyMs: 1000, max: 'critical' } })]);
      for (const id of ['a', 'b', 'c']) await talker.submit(id, { priority: 'low' });
      const before = (await talker.record('c')).tag;
      bench.now += 1000;
      expect(await talker.tick()).toEqual(['aged a ready', 'aged b ready', 'aged c ready']);
      expect(before).toBe(2000);
      expect((await talker.record('c')).tag).toBe(500);
      expect(await talker.claim('a-1', 3)).toEqual(['a', 'b', 'c']);
    },
  ],
  [
    'a task held for its key is looked at again, should its turn have been missed',
    async (talker, bench) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('t1', { key: 'k', leaseMs: 600_000 });
      await talker.submit('t2', { key: 'k' });
      await talker.lease();
      await talker.claim();
      bench.now += 30_000;
      expect(await talker.tick()).toEqual(['returned t2 ready']);
      expect(await talker.claim()).toEqual([]);
      expect(await talker.state('t2')).toBe('held');
    },
  ],
  [
    'a tick looks at no more than its limit',
    async (talker, bench) => {
      await talker.policy();
      for (const id of ['a', 'b', 'c']) await talker.submit(id, { delayMs: 10 });
      bench.now += 10;
      expect(await talker.tick(2)).toEqual(['promoted a ready', 'promoted b ready']);
      expect(await talker.tick(2)).toEqual(['promoted c ready']);
    },
  ],
  [
    'ended tasks are forgotten after their time, and then the same id is new',
    async (talker, bench) => {
      await talker.policy([routePolicy()], { finishedMs: 60_000 });
      await talker.submit('t1');
      await talker.complete(await talker.lease(), '"r"');
      bench.now += 59_999;
      await talker.tick();
      expect(await talker.submit('t1')).toMatchObject({ kind: 'known', record: { state: 'succeeded' } });
      bench.now += 1;
      await talker.tick();
      expect(await talker.one({ op: 'get', id: 't1' })).toEqual({ kind: 'unknown' });
      expect(await talker.submit('t1')).toEqual({ kind: 'accepted' });
    },
  ],
];
