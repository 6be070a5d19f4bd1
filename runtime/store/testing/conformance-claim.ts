import { expect } from 'vitest';
import { laneOf, routeOfLane } from '../../core/lane.ts';
import { reasonText } from '../../core/reason-text.ts';
import { LANE, OTHER_LANE, START_MS, Talker, routePolicy, task } from './bench.ts';
import type { Case } from './conformance.ts';

/** As many as one claim may ask for. */
const MANY_LANES = Array.from({ length: 1000 }, (_, index) => laneOf(`research/r-${index}`, 'v1'));

/** What is claimed, by whom, and in which order. */
export const CLAIM_CASES: readonly Case[] = [
  [
    'however a run ends, its place is free again',
    async (talker, bench) => {
      await talker.policy([routePolicy({ inFlight: 1 })]);
      for (const id of ['t1', 't2', 't3', 't4']) await talker.submit(id);
      const inFlight = async (): Promise<unknown> => {
        const reply = await talker.one({ op: 'inspect', lanes: [LANE] });
        return reply.kind === 'facts' ? reply.facts.lanes[0]?.routeRunning : reply;
      };
      const one = await talker.lease();
      expect([await inFlight(), await talker.claim('a-2')]).toEqual([1, []]);
      await talker.one({ op: 'fail', ...one, then: 'retry', delayMs: 50, reason: 'error', result: '' });
      expect(await inFlight()).toBe(0);
      const two = await talker.lease();
      await talker.one({ op: 'fail', ...two, then: 'release', delayMs: 0, reason: 'error', result: '' });
      expect(await inFlight()).toBe(0);
      await talker.lease();
      bench.now += 30_000;
      await talker.tick();
      expect(await inFlight()).toBe(0);
      expect(await talker.complete(await talker.lease())).toMatchObject({ kind: 'done' });
      expect(await inFlight()).toBe(0);
    },
  ],
  [
    'of very many lanes those where something is ready are found, also what came with the same batch, and the first turn goes first',
    async (talker) => {
      await talker.policy(MANY_LANES.map((lane) => routePolicy({ route: routeOfLane(lane), inFlight: 2 })));
      await talker.submit('t1', { lane: MANY_LANES[700] ?? 0, cost: 1 });
      await talker.submit('t2', { lane: MANY_LANES[30] ?? 0, cost: 1 });
      const replies = await talker.run(
        { op: 'submit', task: task('t3', { lane: MANY_LANES[999] ?? 0, cost: 1 }) },
        { op: 'claim', agent: 'a-1', lanes: MANY_LANES, count: 2, looks: 9 },
        { op: 'claim', agent: 'a-2', lanes: MANY_LANES, count: 2, looks: 9 },
      );
      const claimed = replies.map((reply) =>
        reply.kind === 'claims' ? reply.claims.map(({ record }) => record.id) : [],
      );
      expect(claimed).toEqual([[], ['t1', 't2'], ['t3']]);
      expect(await talker.claim('a-1', 1, MANY_LANES)).toEqual([]);
      // In nearly all of them.
      for (const [index, lane] of MANY_LANES.slice(0, 80).entries())
        await talker.submit(`n-${index}`, { lane, cost: 1 });
      expect(await talker.claim('a-1', 3, MANY_LANES.slice(0, 90))).toEqual(['n-0', 'n-1', 'n-2']);
      expect(await talker.claim('a-1', 9, MANY_LANES.slice(77, 147))).toEqual(['n-77', 'n-78', 'n-79']);
    },
  ],
  [
    'a task is accepted, claimed with its body, and completed',
    async (talker) => {
      await talker.policy();
      expect(await talker.submit('t1')).toEqual({ kind: 'accepted' });
      const [claim] = await talker.claims('a-1');
      expect(claim).toMatchObject({ body: '{"id":"t1"}', untilMs: START_MS + 30_000 });
      expect(claim?.record).toEqual({
        id: 't1',
        state: 'leased',
        tag: 0,
        token: START_MS * 1000,
        agent: 'a-1',
        attempts: 0,
        crashes: 0,
        acceptedMs: START_MS,
        sinceMs: START_MS,
        dueMs: START_MS + 600_000,
        cancelAsked: false,
        spilled: false,
        priority: 'normal',
        basePriority: 'normal',
        lane: LANE,
        flow: 'acme',
        cost: 1000,
        queueMs: 0,
        noticeMs: 0,
        leaseMs: 30_000,
        runMs: 600_000,
        attemptMax: 3,
        retryMs: 1000,
        digest: 'd1',
      });
      const done = await talker.complete({ id: 't1', token: START_MS * 1000 }, '{"ok":true}');
      expect(done).toMatchObject({ kind: 'done', record: { state: 'succeeded', agent: 'a-1' } });
      expect(await talker.one({ op: 'get', id: 't1' })).toEqual({
        kind: 'task',
        record: expect.objectContaining({ state: 'succeeded' }),
        result: '{"ok":true}',
      });
    },
  ],
  [
    'a body and a result come back byte for byte',
    async (talker) => {
      await talker.policy();
      const text = '{"a":"é😀\\u2028|\\n %s\u0000"}';
      await talker.submit('t1', { body: text });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ body: text });
      await talker.complete(await talker.lease(), text);
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ result: text });
    },
  ],
  [
    'nothing is claimed before there is a policy',
    async (talker) => {
      await talker.submit('t1');
      const reply = await talker.one({ op: 'claim', agent: 'a-1', lanes: [LANE], count: 1, looks: 8 });
      expect(reply).toEqual({ kind: 'claims', claims: [], held: 'no-policy' });
    },
  ],
  [
    'a paused shard hands out nothing until it is resumed, and every scheduler sees the switch',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      await talker.one({ op: 'switch', name: 'paused', value: 'by-ops' });
      const claim = { op: 'claim', agent: 'a-1', lanes: [LANE], count: 1, looks: 8 } as const;
      expect(await talker.one(claim)).toEqual({ kind: 'claims', claims: [], held: 'paused' });
      expect(await talker.one({ op: 'tick', limit: 1 })).toMatchObject({ switches: new Map([['paused', 'by-ops']]) });
      await talker.one({ op: 'switch', name: 'paused', value: '' });
      expect(await talker.claim()).toEqual(['t1']);
    },
  ],
  [
    'what people gave as a reason is kept whole',
    async (talker) => {
      await talker.policy();
      await talker.submit('t1');
      const reason = reasonText(`„${'ä|%/ 👍'.repeat(33)}“`);
      const value = `1800000000000/${reason}`;
      await talker.run({ op: 'switch', name: 'paused', value }, { op: 'cancel', id: 't1', reason });
      expect(await talker.one({ op: 'tick', limit: 1 })).toMatchObject({ switches: new Map([['paused', value]]) });
      expect(await talker.one({ op: 'get', id: 't1' })).toMatchObject({ record: { state: 'cancelled', reason } });
    },
  ],
  [
    'an agent gets only tasks of the lanes it asks for',
    async (talker) => {
      await talker.policy();
      await talker.submit('canary', { lane: OTHER_LANE });
      await talker.submit('stable');
      expect(await talker.claim('a-1', 5, [LANE])).toEqual(['stable']);
      expect(await talker.claim('a-2', 5, [LANE, OTHER_LANE])).toEqual(['canary']);
      expect(await talker.claim('a-2', 5, [])).toEqual([]);
    },
  ],
  [
    'several lanes are served in the order of their tags',
    async (talker) => {
      await talker.policy();
      await talker.submit('a');
      await talker.submit('b', { lane: OTHER_LANE });
      await talker.submit('c');
      await talker.submit('d', { lane: OTHER_LANE });
      expect(await talker.claim('a-1', 4, [OTHER_LANE, LANE])).toEqual(['a', 'b', 'c', 'd']);
    },
  ],
  [
    'a quiet tenant comes to its turn before the rest of a noisy one',
    async (talker) => {
      await talker.policy();
      for (const id of ['n1', 'n2', 'n3', 'n4']) await talker.submit(id, { flow: 'noisy' });
      await talker.submit('q1', { flow: 'quiet' });
      await talker.submit('q2', { flow: 'quiet' });
      expect(await talker.claim('a-1', 6)).toEqual(['n1', 'q1', 'n2', 'q2', 'n3', 'n4']);
    },
  ],
  [
    'a flow with a third of the cost has three times the share',
    async (talker) => {
      await talker.policy();
      for (const id of ['a1', 'a2', 'a3', 'a4']) await talker.submit(id, { flow: 'a', cost: 3000 });
      for (const id of ['b1', 'b2', 'b3', 'b4']) await talker.submit(id, { flow: 'b', cost: 1000 });
      expect(await talker.claim('a-1', 8)).toEqual(['a1', 'b1', 'b2', 'b3', 'a2', 'b4', 'a3', 'a4']);
    },
  ],
  [
    'an urgent task passes the normal ones its own tenant sent before, and none of them starves',
    async (talker) => {
      await talker.policy();
      for (const id of ['n1', 'n2', 'n3']) await talker.submit(id);
      for (const id of ['u1', 'u2', 'u3', 'u4', 'u5']) await talker.submit(id, { priority: 'urgent' });
      const order = await talker.claim('a-1', 8);
      expect(order.indexOf('u3')).toBeLessThan(order.indexOf('n2'));
      expect(order).toContain('n3');
    },
  ],
  [
    'a flow that was away gets no credit for it',
    async (talker) => {
      await talker.policy();
      for (const id of ['a1', 'a2', 'a3']) await talker.submit(id, { flow: 'a' });
      expect(await talker.claim('a-1', 3)).toEqual(['a1', 'a2', 'a3']);
      for (const id of ['b1', 'b2', 'b3']) await talker.submit(id, { flow: 'b' });
      await talker.submit('a4', { flow: 'a' });
      expect(await talker.claim('a-1', 2)).toEqual(['b1', 'a4']);
    },
  ],
  [
    'tokens rise with every lease, above what the scheduler has seen and above the clock',
    async (talker, bench) => {
      await talker.policy();
      await talker.run({ op: 'submit', task: task('a') }, { op: 'submit', task: task('b') });
      const tokens = (await talker.claims('a-1', 2)).map(({ record }) => record.token);
      expect(tokens).toEqual([START_MS * 1000, START_MS * 1000 + 1]);
      bench.now -= 60_000;
      talker.tokenFloor = START_MS * 1000 + 500;
      await talker.submit('c');
      expect((await talker.lease()).token).toBe(START_MS * 1000 + 501);
    },
  ],
  [
    'no more tasks of a route run at once than it allows, whatever their build',
    async (talker) => {
      await talker.policy([routePolicy({ inFlight: 2 })]);
      for (const id of ['a', 'b', 'c']) await talker.submit(id);
      await talker.submit('d', { lane: OTHER_LANE });
      const [first] = await talker.claims('a-1', 9, [LANE, OTHER_LANE]);
      expect(await talker.claim('a-2', 9, [LANE, OTHER_LANE])).toEqual([]);
      await talker.complete({ id: 'a', token: first?.record.token ?? 0 });
      expect(await talker.claim('a-2', 9, [OTHER_LANE])).toEqual(['d']);
    },
  ],
  [
    'tasks of a route start at its rate: a burst, then evenly',
    async (talker, bench) => {
      await talker.policy([routePolicy({ rate: { count: 2, perMs: 1000 } })]);
      for (const id of ['a', 'b', 'c', 'd']) await talker.submit(id);
      expect(await talker.claim('a-1', 4)).toEqual(['a', 'b']);
      const facts = await talker.one({ op: 'inspect', lanes: [LANE] });
      expect(facts).toMatchObject({ facts: { lanes: [{ rateUntilMs: START_MS + 500 }] } });
      bench.now += 499;
      expect(await talker.claim('a-1', 4)).toEqual([]);
      bench.now += 1;
      expect(await talker.claim('a-1', 4)).toEqual(['c']);
      await talker.policy([routePolicy()]);
      expect(await talker.claim('a-1', 4)).toEqual(['d']);
    },
  ],
  [
    'tasks with a full key are held and let others pass; each goes on when one before it ends',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      for (const id of ['a1', 'a2', 'a3']) await talker.submit(id, { key: 'repo-a' });
      await talker.submit('b1', { key: 'repo-b' });
      await talker.submit('free');
      const [first] = await talker.claims('a-1');
      expect(await talker.claim('a-1', 5)).toEqual(['b1', 'free']);
      expect([await talker.state('a2'), await talker.state('a3')]).toEqual(['held', 'held']);
      await talker.complete({ id: 'a1', token: first?.record.token ?? 0 });
      expect([await talker.state('a2'), await talker.state('a3')]).toEqual(['ready', 'held']);
      expect(await talker.claim('a-1', 5)).toEqual(['a2']);
    },
  ],
  [
    'a task that is given back frees its key',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      await talker.submit('a1', { key: 'repo' });
      await talker.submit('a2', { key: 'repo' });
      const lease = await talker.lease();
      expect(await talker.claim()).toEqual([]);
      await talker.one({ op: 'fail', ...lease, then: 'retry', delayMs: 5000, reason: 'error', result: '' });
      expect(await talker.claim()).toEqual(['a2']);
    },
  ],
  [
    'an agent gives up after as many looks as it was given',
    async (talker) => {
      await talker.policy([routePolicy({ perKey: { max: 1, onFull: 'queue' } })]);
      for (const id of ['a1', 'a2', 'a3', 'a4']) await talker.submit(id, { key: 'repo' });
      await talker.submit('free');
      const claim = { op: 'claim', agent: 'a-1', lanes: [LANE], count: 1, looks: 2 } as const;
      expect(await talker.one(claim)).toMatchObject({ claims: [{ record: { id: 'a1' } }] });
      expect(await talker.one(claim)).toMatchObject({ claims: [] });
      expect(await talker.one(claim)).toMatchObject({ claims: [{ record: { id: 'free' } }] });
    },
  ],
  [
    'two schedulers never lease the same task',
    async (talker, bench) => {
      await talker.policy();
      const other = new Talker(bench, 's-2');
      for (const id of ['a', 'b', 'c']) await talker.submit(id);
      const got = [...(await talker.claim('a-1', 2)), ...(await other.claim('a-2', 2))];
      expect(got).toEqual(['a', 'b', 'c']);
    },
  ],
];
