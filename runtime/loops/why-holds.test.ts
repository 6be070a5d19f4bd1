import { afterEach, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

/** Each rule that can hold a task back, met in the whole scheduler: `why` names it, and what it says to do starts the task. */
const FLEET = 'research/summarizer';

let bench: VirtualBench;
afterEach(async () => {
  await bench.close();
});

async function started(changes: Partial<RoutingTable> = {}): Promise<void> {
  bench = new VirtualBench();
  await bench.start(changes);
}

/** An agent that is there and takes nothing. */
async function idleAgent(name = 'a-1', build = 'v1'): Promise<void> {
  bench.scheduler.register(FLEET, { name, build, slots: 8 });
  await bench.clock.pass(200);
}

async function rules(id: string): Promise<readonly string[]> {
  return (await bench.why(id)).holds.map(({ rule }) => rule);
}

test('delay: until when is said', async () => {
  await started();
  await idleAgent();
  const id = await bench.accepted('k', { delayMs: 5000 });
  const answer = await bench.why(id);
  expect(answer.holds).toMatchObject([{ rule: 'delay', until: new Date(bench.clock.nowMs() + 5000).toISOString() }]);
  expect(answer.nearest).toBe(answer.holds[0]?.change);
  await bench.clock.pass(5500);
  expect(await bench.taken('a-1')).toEqual([id]);
});

test('no-agent: since when none is there, and which build is missing', async () => {
  await started({ fleets: { [FLEET]: fleet({ builds: { v1: 0, v2: 10_000 } }), 'research/backup': fleet() } });
  const id = await bench.accepted('k');
  expect((await bench.why(id)).holds[0]).toMatchObject({ rule: 'no-agent', since: expect.any(String) as string });
  await idleAgent('a-1', 'v1');
  expect(await bench.why(id)).toMatchObject({
    says: `no agent of ${FLEET} v2 is connected`,
    nearest: `start an agent of ${FLEET} v2`,
  });
  expect(await bench.taken('a-2', { build: 'v2' })).toEqual([id]);
});

test('no-free-slot: more agents are what helps', async () => {
  await started();
  await bench.accepted('k-1');
  expect(await bench.taken('a-1', { free: 1 })).toHaveLength(1);
  const id = await bench.accepted('k-2');
  expect(await bench.why(id)).toMatchObject({ nearest: `add agents to ${FLEET}` });
  expect(await bench.taken('a-2')).toEqual([id]);
});

test('paused and drain: the command that ends them is named, and does', async () => {
  await started();
  await idleAgent();
  await bench.clock.until(bench.scheduler.pause(FLEET, 'maintenance'));
  const id = await bench.accepted('k');
  expect(await rules(id)).toEqual(['paused']);
  await bench.clock.until(bench.scheduler.drain(FLEET));
  expect(await rules(id)).toEqual(['paused', 'drain']);
  expect((await bench.why(id)).nearest).toBe(`nova-torch fleet resume ${FLEET}`);
  expect(await bench.taken('a-1')).toEqual([]);
  await bench.clock.until(bench.scheduler.resume(FLEET));
  expect(await rules(id)).toEqual([]);
  expect(await bench.taken('a-1')).toEqual([id]);
});

/** As many failures as open the breaker of the build. */
async function failing(): Promise<void> {
  for (let n = 0; n < 10; n += 1) {
    await bench.accepted(`fails-${n}`);
    const [task] = await bench.take('a-1');
    if (task !== undefined) await bench.fail(task, 'a-1', { error: 'BadInput' });
  }
}

test('paused and drain: the reason is told, and since when it was asked for first', async () => {
  await started();
  await idleAgent();
  const id = await bench.accepted('k');
  const hold = async (at: number) => (await bench.why(id)).holds[at];
  const now = () => new Date(bench.clock.nowMs()).toISOString();

  const pausedAt = now();
  await bench.clock.until(bench.scheduler.pause(FLEET, 'the disk is full'));
  expect(await hold(0)).toMatchObject({ says: `${FLEET} is paused: the disk is full`, since: pausedAt });
  await bench.clock.pass(5000);
  await bench.clock.until(bench.scheduler.pause(FLEET, 'x'.repeat(200)));
  expect(await hold(0)).toMatchObject({ says: expect.stringContaining(': xxx') as string, since: pausedAt });
  await bench.clock.until(bench.scheduler.pause(FLEET, ''));
  expect(await hold(0)).toMatchObject({ says: `${FLEET} is paused`, since: pausedAt });

  const drainedAt = now();
  await bench.clock.until(bench.scheduler.drain(FLEET, 'v1'));
  await bench.clock.pass(5000);
  await bench.clock.until(bench.scheduler.drain(FLEET));
  await bench.clock.pass(5000);
  expect(await hold(1)).toMatchObject({ rule: 'drain', since: drainedAt });
});

test('breaker: until when it is open', async () => {
  await started();
  await failing();
  const id = await bench.accepted('k');
  const [hold] = (await bench.why(id)).holds;
  expect(hold).toMatchObject({ rule: 'breaker', says: `the circuit breaker of ${FLEET} v1 is open` });
  expect(Date.parse(hold?.until ?? '') - Date.parse(hold?.since ?? '')).toBe(30_000);
  expect(await bench.taken('a-1')).toEqual([]);
  await bench.clock.pass(30_000);
  expect(await bench.taken('a-1')).toEqual([id]);
});

test('breaker: when its time has passed it is told of as half open, though nothing comes to try', async () => {
  const told: string[] = [];
  const breakerTold = (name: string, state: string): unknown => name !== 'store' && told.push(state);
  bench = new VirtualBench({ observer: { breaker: breakerTold } });
  await bench.start();
  await failing();
  const breaker = async () => (await bench.clock.until(bench.scheduler.fleet(FLEET)))?.builds[0]?.breaker;
  expect([await breaker(), ...told]).toEqual(['open', 'open']);
  await bench.clock.pass(31_500);
  expect([await breaker(), ...told]).toEqual(['half_open', 'open', 'half_open']);
  await bench.accepted('k');
  expect(await bench.taken('a-1')).toHaveLength(1);
  expect(told).toEqual(['open', 'half_open']);
});

const BREAKER = { errors: 5, openForMs: 30_000 };

test('provider: what it allows at once, over all fleets that use it', async () => {
  const uses = fleet({ providers: ['brain'] });
  await started({
    fleets: { [FLEET]: uses, 'research/backup': uses },
    providers: { brain: { concurrent: 1, breaker: BREAKER } },
    routes: [route(), route({ id: 'research/other', tasks: ['other'], to: [{ fleet: 'research/backup', weight: 1 }] })],
  });
  await idleAgent('a-2');
  await bench.accepted('k-1');
  const [running] = await bench.take('a-1');
  const id = await bench.accepted('k-2');
  await bench.clock.pass(1000);
  expect((await bench.why(id)).nearest).toBe('wait for one to end, or raise limits.concurrent of brain');
  expect(await bench.taken('a-2')).toEqual([]);
  if (running !== undefined) await bench.complete(running, 'a-1');
  await bench.clock.pass(1000);
  expect(await bench.taken('a-2')).toEqual([id]);
});

test('provider: how often it may be called, and when again', async () => {
  await started({
    fleets: { [FLEET]: fleet({ providers: ['brain'] }) },
    providers: { brain: { requestsPerSecond: 0.1, breaker: BREAKER } },
  });
  await idleAgent('a-2');
  await bench.accepted('k-1');
  const [first] = await bench.take('a-1');
  if (first !== undefined) await bench.complete(first, 'a-1');
  const id = await bench.accepted('k-2');
  const [hold] = (await bench.why(id)).holds;
  expect(hold).toMatchObject({ rule: 'provider', says: 'brain allows no more starts a second' });
  expect(Date.parse(hold?.until ?? '')).toBeGreaterThan(bench.clock.nowMs() + 8000);
  expect(await bench.taken('a-2', { waitMs: 5000 })).toEqual([]);
  expect(await bench.taken('a-2', { waitMs: 6000 })).toEqual([id]);
});

test('provider: a rate that lets a start through every now and then holds a queue all the while', async () => {
  await started({
    fleets: { [FLEET]: fleet({ providers: ['brain'] }) },
    providers: { brain: { requestsPerSecond: 10, breaker: BREAKER } },
  });
  for (let n = 0; n < 60; n += 1) await bench.accepted(`k-${n}`);
  const id = await bench.accepted('last');
  expect(await bench.taken('a-1', { free: 8 })).toHaveLength(8);
  expect(await bench.taken('a-2', { free: 8 })).toHaveLength(2);
  const since = new Date(bench.clock.nowMs()).toISOString();
  for (let n = 3; n < 20; n += 1) {
    const left = Number(/\d+/.exec((await bench.why(id)).nearest ?? '')?.[0]);
    expect((await bench.why(id)).holds).toContainEqual({
      rule: 'provider',
      says: 'brain allows no more starts a second',
      since,
      change: `raise limits.requests of brain, or wait for ${left} tasks to start`,
    });
    expect(await bench.taken(`a-${n}`)).toHaveLength(1);
    await bench.clock.pass(70);
  }
});

test('provider: the runs in all lanes of a fleet count, however many it has', async () => {
  const numbers = Array.from({ length: 200 }, (_, n) => n);
  await started({
    fleets: {
      [FLEET]: fleet({
        providers: ['brain'],
        builds: { v1: 10_000, v2: 0 },
        accepts: Object.fromEntries(numbers.map((n) => [`task-${n}`, accept()])),
      }),
    },
    providers: { brain: { concurrent: 1, breaker: BREAKER } },
    routes: numbers.map((n) => route({ id: `research/r-${n}`, tasks: [`task-${n}`] })),
  });
  await bench.accepted('k-1', { task: 'task-199' });
  const id = await bench.accepted('k-2', { task: 'task-199' });
  expect(await rules(id)).not.toContain('provider');
  expect(await bench.taken('a-1')).toHaveLength(1);
  await bench.clock.pass(1000);
  expect(await rules(id)).toContain('provider');
});

test('team: how many of it run, and where more are allowed', async () => {
  await started({ teams: { research: { weight: 1, inFlightMax: 1 } } });
  await idleAgent('a-2');
  await bench.accepted('k-1');
  const [running] = await bench.take('a-1');
  const id = await bench.accepted('k-2');
  expect(await bench.why(id)).toMatchObject({
    holds: [{ rule: 'team', says: '1 tasks of research run, and 1 may' }],
    nearest: 'wait for one to end, or raise inFlight of research in the company',
  });
  expect(await bench.taken('a-2')).toEqual([]);
  if (running !== undefined) await bench.complete(running, 'a-1');
  expect(await bench.taken('a-2', { waitMs: 2000 })).toEqual([id]);
});

test('in-flight, rate, key and turn: each limit of the route', async () => {
  const perKey = { key: 'input.repo', max: 1, onFull: 'queue' } as const;
  await started({ routes: [route({ limits: { inFlight: 1, rate: { count: 1, perMs: 60_000 }, perKey } })] });
  await idleAgent('a-2');
  await bench.accepted('k-1', { input: { repo: 'r' } });
  const [running] = await bench.take('a-1');
  const id = await bench.accepted('k-2', { input: { repo: 'r' } });
  const next = await bench.accepted('k-3', { input: { repo: 'r' } });
  expect(await rules(id)).toEqual(['in-flight', 'rate', 'key']);
  expect(await rules(next)).toEqual(['in-flight', 'rate', 'key', 'turn']);
  if (running !== undefined) await bench.complete(running, 'a-1');
  expect(await rules(id)).toEqual(['rate']);
  expect(await bench.taken('a-2', { waitMs: 30_000 })).toEqual([]);
  await bench.clock.pass(30_000);
  expect(await bench.taken('a-2')).toEqual([id]);
});

test('no-policy: a route that the table no longer has', async () => {
  await started();
  await idleAgent();
  const id = await bench.accepted('k');
  const since = new Date(bench.clock.nowMs()).toISOString();
  const renamed = route({ id: 'research/renamed' });
  bench.scheduler.use(table({ digest: 'sha256-2', routes: [renamed] }));
  await bench.clock.pass(200);
  bench.scheduler.use(table({ digest: 'sha256-3', routes: [renamed], schemas: { other: {} } }));
  expect(await bench.why(id)).toMatchObject({
    holds: [{ rule: 'no-policy', since }],
    nearest: 'restore research/summaries, or cancel the task',
  });
  bench.scheduler.use(table());
  await bench.clock.pass(200);
  expect(await bench.taken('a-1')).toEqual([id]);
});
