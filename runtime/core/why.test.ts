import { expect, test } from 'vitest';
import { NOBODY_THERE, type TaskRecord } from './task-record.ts';
import { why, type WhyFacts } from './why.ts';

const NOW = 1_800_000_000_000;
const RECORD: TaskRecord = {
  id: 't1',
  state: 'ready',
  token: 0,
  attempts: 0,
  crashes: 0,
  acceptedMs: NOW,
  sinceMs: NOW - 1000,
  cancelAsked: false,
  spilled: false,
  priority: 'normal',
  basePriority: 'normal',
  lane: 1,
  flow: 'e/acme',
  cost: 1,
  queueMs: 0,
  noticeMs: 0,
  leaseMs: 1000,
  runMs: 1000,
  attemptMax: 3,
  retryMs: 1000,
  digest: 'd',
};
const POLICY = { route: 1, depth: { max: 10, onFull: 'reject' } } as const;

function facts(more: Partial<WhyFacts> = {}, record: Partial<TaskRecord> = {}): WhyFacts {
  return {
    record: { ...RECORD, ...record },
    nowMs: NOW,
    fleet: 'e/fixer',
    build: 'v1',
    route: 'e/fix',
    policy: POLICY,
    holdUntilMs: 0,
    paused: false,
    routeRunning: 0,
    rateUntilMs: 0,
    keyRunning: 0,
    ahead: 0,
    agents: { connected: 2, freeSlots: 1 },
    ...more,
  };
}

function rules(given: WhyFacts): readonly string[] {
  return why(given).holds.map(({ rule }) => rule);
}

test('a task that nothing holds says so', () => {
  expect(why(facts())).toEqual({
    state: 'ready',
    says: 'nothing holds it: the next free agent takes it',
    holds: [],
  });
});

test('every rule that holds it is named, in a fixed order', () => {
  const policy = {
    ...POLICY,
    inFlight: 5,
    perKey: { max: 1, onFull: 'queue' },
    affinity: { mode: 'soft', holdMs: 1, spillAfterMs: 15_000 },
  } as const;
  const all = facts(
    {
      policy,
      holdUntilMs: NOW + 1,
      paused: true,
      breaker: { sinceMs: NOW - 5, untilMs: NOW + 60_000 },
      agents: { connected: 2, freeSlots: 0 },
      routeRunning: 5,
      rateUntilMs: NOW + 500,
      keyRunning: 1,
      bound: { agent: 'a-1', untilMs: NOW + 9 },
      ahead: 4,
    },
    { key: 'repo' },
  );
  expect(rules(all)).toEqual([
    'recovery',
    'paused',
    'breaker',
    'no-free-slot',
    'in-flight',
    'rate',
    'key',
    'affinity',
    'turn',
  ]);
  expect(why(all).nearest).toBe('nova-torch fleet resume e/fixer');
});

test('a hold says since when, until when and what would lift it', () => {
  const [hold] = why(facts({ agents: { connected: 0, freeSlots: 0, noneSinceMs: NOW - 60_000 } })).holds;
  expect(hold).toEqual({
    rule: 'no-agent',
    says: 'no agent of e/fixer v1 is connected',
    sinceMs: NOW - 60_000,
    change: 'start an agent of e/fixer v1',
  });
  expect(why(facts({ agents: { connected: 0, freeSlots: 0 } })).holds).toHaveLength(1);
});

test('where only clocks hold it, the one that runs longest is the nearest change', () => {
  const breaker = { sinceMs: NOW, untilMs: NOW + 60_000 };
  expect(why(facts({ breaker, rateUntilMs: NOW + 500 }))).toMatchObject({
    says: 'the circuit breaker of e/fixer v1 is open',
    nearest: 'wait until 2027-01-15T08:01:00.000Z',
  });
});

test('a task behind others is told how many', () => {
  expect(why(facts({ ahead: 2 }))).toMatchObject({
    says: '2 tasks of e/fix come first',
    nearest: 'wait for 2 tasks to start',
  });
});

test('a delayed task says when it starts', () => {
  const due = why(facts({}, { state: 'delayed', dueMs: NOW + 5000 }));
  expect(due.holds).toEqual([
    {
      rule: 'delay',
      says: 'it is to start at 2027-01-15T08:00:05.000Z',
      sinceMs: NOW - 1000,
      untilMs: NOW + 5000,
      change: 'wait until 2027-01-15T08:00:05.000Z',
    },
  ]);
});

test('a task that was given back because nobody could be called says so as long as it goes on', () => {
  const reason = NOBODY_THERE;
  const breaker = { sinceMs: NOW - 1000, untilMs: NOW + 5000 };
  expect([
    why(facts({}, { reason })).says,
    why(facts({ breaker }, { reason })).says,
    why(facts({}, { reason, state: 'leased', agent: 'push-s-0' })).says,
    why(facts({}, { reason: 'released' })).says,
  ]).toEqual([
    'nothing holds it: the next free agent takes it; nobody was there at the last call',
    'the circuit breaker of e/fixer v1 is open; nobody was there at the last call',
    'push-s-0 runs it; nobody was there at the last call',
    'nothing holds it: the next free agent takes it',
  ]);
});

test('a route that is gone, a binding that is over and a breaker that may try again are seen', () => {
  const { policy: _, ...without } = facts({ bound: { agent: 'a', untilMs: NOW + 5 } });
  expect(rules(without)).toEqual(['no-policy']);
  const affinity = { mode: 'hard', holdMs: 1, spillAfterMs: 1 } as const;
  const bound = { agent: 'a', untilMs: NOW };
  expect(rules(facts({ policy: { ...POLICY, affinity }, bound }))).toEqual([]);
  expect(
    rules(facts({ policy: { ...POLICY, affinity }, bound: { agent: 'a', untilMs: NOW + 1 } }, { spilled: true })),
  ).toEqual([]);
  expect(rules(facts({ breaker: { sinceMs: 0, untilMs: NOW } }))).toEqual([]);
});

test('a task that does not wait says what it is instead', () => {
  const says = (record: Partial<TaskRecord>) => why(facts({ paused: true }, record)).says;
  expect([
    says({ state: 'leased', agent: 'a-1' }),
    says({ state: 'leased', cancelAsked: true }),
    says({ state: 'succeeded', agent: 'a-1' }),
    says({ state: 'dead', reason: 'crashes' }),
    says({ state: 'failed', reason: 'bad-input' }),
    says({ state: 'expired' }),
    says({ state: 'cancelled', reason: 'by-owner' }),
    says({ state: 'moved', reason: 'fallback' }),
  ]).toEqual([
    'a-1 runs it',
    'an agent runs it, and was asked to end it',
    'a-1 finished it',
    'it is a dead letter: crashes',
    'it has failed: bad-input',
    'it has expired',
    'it was cancelled: by-owner',
    'another fleet took it: fallback',
  ]);
});

test('a dead letter waits for somebody, and hears by what command', () => {
  const { record, ...rest } = facts({}, { state: 'dead', reason: 'crashes' });
  expect(why({ ...rest, record })).toMatchObject({ holds: [], nearest: `nova-torch task retry ${record.id}` });
});

test('a build that drains, each provider that allows nothing and a full team are named', () => {
  const given = facts({
    drains: true,
    providers: [
      { provider: 'brain', because: 'breaker', sinceMs: NOW - 5, untilMs: NOW + 5000 },
      { provider: 'brain', because: 'rate', untilMs: NOW + 100 },
      { provider: 'eyes', because: 'concurrent' },
    ],
    fullTeam: { team: 'e', running: 7, max: 7 },
  });
  expect(why(given).holds.map(({ says }) => says)).toEqual([
    'e/fixer v1 drains: it takes nothing new',
    'the circuit breaker of the provider brain is open',
    'brain allows no more starts a second',
    'as many tasks use eyes as it allows at once',
    '7 tasks of e run, and 7 may',
  ]);
  expect(why(given).nearest).toBe('nova-torch fleet resume e/fixer');
});

test('a rate of a provider is a clock for the task that comes first only: for the others it must be raised', () => {
  const held = { provider: 'brain', because: 'rate', sinceMs: NOW - 9000, untilMs: NOW + 100 } as const;
  const of = (more: Partial<WhyFacts>) => why(facts({ providers: [held], ...more }));
  expect(of({}).holds).toEqual([
    {
      rule: 'provider',
      says: 'brain allows no more starts a second',
      sinceMs: NOW - 9000,
      untilMs: NOW + 100,
      change: 'wait until 2027-01-15T08:00:00.100Z, or raise limits.requests of brain',
    },
  ]);
  const breaker = { sinceMs: NOW, untilMs: NOW + 60_000 };
  expect(of({ breaker }).nearest).toBe('wait until 2027-01-15T08:01:00.000Z');

  const [first] = of({ ahead: 40 }).holds;
  expect([first?.sinceMs, first?.untilMs]).toEqual([NOW - 9000, undefined]);
  expect(of({ ahead: 40, breaker }).nearest).toBe('raise limits.requests of brain, or wait for 40 tasks to start');

  // A fast rate may allow the next start before this is read.
  const between = why(facts({ providers: [{ ...held, untilMs: NOW, onlyAt: ['s-1'] }] }));
  expect(between.holds).toEqual([
    {
      rule: 'provider',
      says: 'brain allows no more starts a second at s-1; other schedulers may start it',
      sinceMs: NOW - 9000,
      change: 'raise limits.requests of brain, or wait for the next start',
    },
  ]);
});
