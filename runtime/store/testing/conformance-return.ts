import { expect } from 'vitest';
import { LANE, OTHER_LANE, START_MS, routePolicy, standing, task } from './bench.ts';
import type { Case } from './conformance.ts';

/** What journals bring back to a shard that has forgotten it. */

const ACCEPTED = { acceptedMs: START_MS - 5000 };
const LEASED = standing({ state: 'leased', agent: 'a-7', attempts: 0, dueMs: START_MS + 9000 });
const DEAD = standing({ state: 'dead', attempts: 3, reason: 'error', result: '"why|not"' });

export const RETURN_CASES: readonly Case[] = [
  [
    'a run that a journal knows of goes on where it was, whichever comes first, its word or the submission',
    async (talker, bench) => {
      await talker.policy();
      expect(await talker.one({ op: 'restore', id: 'later', standing: LEASED })).toEqual({ kind: 'unknown' });
      for (const id of ['later', 'before']) await talker.submit(id, ACCEPTED);
      expect(await talker.one({ op: 'restore', id: 'before', standing: LEASED })).toMatchObject({ kind: 'done' });
      for (const id of ['later', 'before']) {
        expect(await talker.record(id)).toMatchObject({ state: 'leased', token: 5, agent: 'a-7', dueMs: LEASED.dueMs });
        expect(await talker.one({ op: 'heartbeat', id, token: 5 })).toMatchObject({ kind: 'alive' });
      }
      expect((await talker.applied()).ready).toBe(0);
      expect(await talker.claim('a-1', 4)).toEqual([]);
      expect(await talker.complete({ id: 'later', token: 5 })).toMatchObject({ kind: 'done' });
      bench.now = LEASED.dueMs;
      expect(await talker.tick()).toEqual(['timeout before delayed']);
      expect((await talker.record('before')).attempts).toBe(1);
    },
  ],
  [
    'a lease that lasts as long as its run does so when the clock was set back',
    async (talker, bench) => {
      await talker.policy();
      for (const id of ['a', 'b']) await talker.submit(id, { leaseMs: 9000, runMs: 9000, attemptMax: 1 });
      const { token } = await talker.lease();
      bench.now -= 5000;
      await talker.one({ op: 'restore', id: 'b', standing: LEASED });
      expect(await talker.one({ op: 'heartbeat', id: 'a', token })).toMatchObject({ untilMs: START_MS + 9000 });
      bench.now += 8000;
      expect(await talker.tick()).toEqual([]);
      bench.now = START_MS + 9000;
      expect(await talker.tick()).toEqual(['timeout a dead', 'timeout b dead']);
    },
  ],
  [
    'a run that is restored counts against the limits of its route and key',
    async (talker) => {
      await talker.policy([routePolicy({ inFlight: 2, perKey: { max: 1, onFull: 'queue' } })]);
      await talker.one({ op: 'restore', id: 'a', standing: LEASED });
      for (const id of ['a', 'b', 'c', 'd']) await talker.submit(id, { ...ACCEPTED, key: id < 'c' ? 'k' : id });
      expect(await talker.claim('a-1', 4)).toEqual(['c']);
      expect((await talker.applied()).ready).toBe(1);
      await talker.complete({ id: 'a', token: 5 });
      expect(await talker.claim('a-1', 4)).toEqual(['b']);
    },
  ],
  [
    'a dead letter that a journal knows of is one again, and can be redriven',
    async (talker) => {
      await talker.policy();
      await talker.one({ op: 'restore', id: 'later', standing: DEAD });
      for (const id of ['later', 'before']) await talker.submit(id, ACCEPTED);
      expect(await talker.one({ op: 'restore', id: 'before', standing: DEAD })).toMatchObject({ kind: 'done' });
      expect(await talker.one({ op: 'restore', id: 'before', standing: DEAD })).toMatchObject({ kind: 'already' });
      expect(await talker.claim('a-1', 4)).toEqual([]);
      for (const id of ['later', 'before']) {
        expect(await talker.one({ op: 'get', id })).toMatchObject({
          record: { state: 'dead', attempts: 3, reason: 'error' },
          result: '"why|not"',
        });
        expect(await talker.one({ op: 'redrive', id })).toMatchObject({ kind: 'done' });
      }
      expect(await talker.claim('a-1', 4)).toEqual(['later', 'before']);
    },
  ],
  [
    'a dead letter of a later run takes the place of one of an earlier',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1', ACCEPTED);
      await talker.one({ op: 'restore', id: 't1', standing: DEAD });
      const later = { ...DEAD, token: 9, reason: 'timeout', result: '' };
      expect(await talker.one({ op: 'restore', id: 't1', standing: later })).toMatchObject({ kind: 'done' });
      expect(await talker.one({ op: 'get', id: 't1' })).not.toHaveProperty('result');
      expect(await talker.one({ op: 'list', of: 'dead', offset: 0, limit: 9 })).toMatchObject({
        records: [{ id: 't1', token: 9, reason: 'timeout' }],
      });
    },
  ],
  [
    'what was tried stays counted, and a retry waits as long as it should',
    async (talker, bench) => {
      await talker.policy();
      await talker.submit('t1');
      const { token } = await talker.lease();
      const retry = standing({ token, attempts: 2, crashes: 1, dueMs: START_MS + 700 });
      expect(await talker.one({ op: 'restore', id: 't1', standing: retry })).toMatchObject({ kind: 'done' });
      expect(await talker.record('t1')).toMatchObject({ state: 'delayed', attempts: 2, crashes: 1 });
      bench.now += 700;
      expect(await talker.tick()).toEqual(['promoted t1 ready']);
      await talker.submit('t2', ACCEPTED);
      await talker.one({ op: 'restore', id: 't2', standing: standing({ attempts: 2 }) });
      expect(await talker.record('t2')).toMatchObject({ state: 'ready', attempts: 2, token: 5 });
    },
  ],
  [
    'of several words the one of the latest run counts, and of one run what came last in it',
    async (talker) => {
      await talker.policy();
      const words = [
        standing({ state: 'waiting', token: 4 }),
        DEAD,
        LEASED,
        standing({ state: 'waiting', attempts: 0 }),
        LEASED,
      ];
      for (const word of words) await talker.one({ op: 'restore', id: 'later', standing: word });
      for (const id of ['later', 'before']) await talker.submit(id, ACCEPTED);
      for (const word of words) await talker.one({ op: 'restore', id: 'before', standing: word });
      for (const id of ['later', 'before']) {
        expect(await talker.record(id)).toMatchObject({ state: 'ready', token: 5, attempts: 0 });
      }
      const [one] = await talker.claims('a-1');
      const { id, token } = one?.record ?? { id: '', token: 0 };
      expect(await talker.one({ op: 'restore', id, standing: LEASED })).toMatchObject({ kind: 'already' });
      await talker.complete({ id, token });
      const late = { ...LEASED, token: token + 1 };
      expect(await talker.one({ op: 'restore', id, standing: late })).toMatchObject({ kind: 'already' });
      expect(await talker.state(id)).toBe('succeeded');
    },
  ],
  [
    'a word counts also when its task is accepted anew',
    async (talker) => {
      await talker.policy();
      for (const id of ['t1', 't2']) await talker.one({ op: 'restore', id, standing: LEASED });
      await talker.submit('t1');
      expect(await talker.record('t1')).toMatchObject({ state: 'leased', token: 5, agent: 'a-7' });
      await talker.submit('t3');
      await talker.submit('t2', ACCEPTED);
      expect(await talker.claim('a-1', 4)).toEqual(['t3']);
    },
  ],
  [
    'a word is done with once',
    async (talker) => {
      await talker.policy([], { finishedMax: 0 });
      await talker.one({ op: 'restore', id: 't1', standing: DEAD });
      await talker.submit('t1', ACCEPTED);
      await talker.one({ op: 'cancel', id: 't1', reason: 'by-owner' });
      await talker.tick();
      await talker.submit('t1', ACCEPTED);
      expect(await talker.state('t1')).toBe('ready');
    },
  ],
  [
    'a run that goes on was no dead letter, and keeps no result of one',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1', ACCEPTED);
      await talker.one({ op: 'restore', id: 't1', standing: DEAD });
      await talker.one({ op: 'restore', id: 't1', standing: { ...LEASED, token: 9e15 } });
      const reply = await talker.one({ op: 'get', id: 't1' });
      expect(reply).toMatchObject({ record: { state: 'leased', token: 9e15 } });
      expect(reply).not.toHaveProperty('result');
      await talker.submit('t2');
      expect((await talker.lease()).token).toBeGreaterThan(9e15);
    },
  ],
  [
    'what was submitted is told of a task of which only its end was known, and starts nothing',
    async (talker) => {
      await talker.policy();
      const end = { op: 'finish', state: 'succeeded', token: 5, digest: 'd1', reason: '', result: '"r"' } as const;
      await talker.one({ ...end, id: 'over' });
      const told = task('over', { ...ACCEPTED, lane: OTHER_LANE, priority: 'high', runMs: 77 });
      expect(await talker.one({ op: 'submit', task: told, over: true })).toMatchObject({ kind: 'known' });
      const record = { acceptedMs: ACCEPTED.acceptedMs, lane: OTHER_LANE, priority: 'high', runMs: 77 };
      expect(await talker.record('over')).toMatchObject({ ...record, state: 'succeeded', token: 5 });
      await talker.one({ op: 'submit', task: { ...told, lane: LANE }, over: true });
      expect((await talker.record('over')).lane).toBe(OTHER_LANE);
      await talker.one({ ...end, id: 'open' });
      await talker.submit('open', { ...ACCEPTED, priority: 'urgent' });
      expect(await talker.record('open')).toMatchObject({ state: 'succeeded', priority: 'urgent' });
      const strange = await talker.one({ op: 'submit', task: { ...told, id: 'strange' }, over: true });
      expect([strange, await talker.one({ op: 'get', id: 'strange' })]).toEqual([
        { kind: 'unknown' },
        { kind: 'unknown' },
      ]);
      expect(await talker.claim('a-1', 9, [LANE, OTHER_LANE])).toEqual([]);
    },
  ],
  [
    'the window of a dedupe key is that of the first acceptance',
    async (talker, bench) => {
      await talker.policy();
      const dedupe = { key: 'same', windowMs: 7000 };
      const first = task('first', { ...ACCEPTED, dedupe });
      await talker.one({ op: 'submit', task: first, over: true });
      await talker.submit('second', { acceptedMs: START_MS, dedupe });
      expect(await talker.submit('third', { dedupe })).toEqual({ kind: 'duplicate', of: 'first' });
      bench.now = START_MS + 2000;
      expect(await talker.submit('third', { dedupe })).toEqual({ kind: 'accepted' });
      await talker.submit('third', { acceptedMs: bench.now, dedupe: { key: 'other', windowMs: 7000 } });
      expect(await talker.submit('fourth', { dedupe: { key: 'other', windowMs: 7000 } })).toEqual({ kind: 'accepted' });
      await talker.submit('old', { acceptedMs: START_MS - 7000, dedupe: { key: 'old', windowMs: 7000 } });
      expect(await talker.submit('new', { dedupe: { key: 'old', windowMs: 7000 } })).toEqual({ kind: 'accepted' });
    },
  ],
  [
    'of what is said of a switch the latest holds, whichever journal brings it first',
    async (talker, bench) => {
      const say = (value: string, atMs: number) => talker.one({ op: 'switch', name: 'paused', value, atMs });
      const held = async (): Promise<string | undefined> => {
        const reply = await talker.one({ op: 'tick', limit: 1 });
        return reply.kind === 'ticked' ? reply.switches.get('paused') : 'no tick';
      };
      await talker.policy();
      expect(await say('by-ann', 20)).toEqual({ kind: 'ok' });
      expect(await say('by-ann', 20)).toEqual({ kind: 'ok' });
      expect(await say('by-bob', 20)).toEqual({ kind: 'passed', atMs: 20 });
      expect(await say('', 19)).toEqual({ kind: 'passed', atMs: 20 });
      expect(await held()).toBe('by-ann');
      expect(await talker.claim()).toEqual([]);
      expect(await say('', 30)).toEqual({ kind: 'ok' });
      expect(await say('', 30)).toEqual({ kind: 'ok' });
      bench.now += 86_400_000;
      await talker.tick();
      expect(await say('by-ann', 20)).toEqual({ kind: 'passed', atMs: 30 });
      expect(await say('by-ann', 30)).toEqual({ kind: 'passed', atMs: 30 });
      expect(await held()).toBeUndefined();
      expect(await say('by-ann', 31)).toEqual({ kind: 'ok' });
      expect(await held()).toBe('by-ann');
      expect(await talker.one({ op: 'switch', name: 'paused', value: '' })).toEqual({ kind: 'ok' });
      expect(await held()).toBeUndefined();
    },
  ],
];
