import { afterEach, describe, expect, test } from 'vitest';
import type { TableFleet, TableProvider } from '../../spec/contract/routing-table.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

/** One test for each field of a Fleet, a Provider or the Company that the scheduler reads, against the whole scheduler. */
const MAIN = 'research/summarizer';
const OTHER = 'research/other';
const FREE = 'research/free';
const TWO_FLEETS = { [MAIN]: fleet(), [OTHER]: fleet({ accepts: { other: accept() } }) };
const LASTING = accept({ queueMs: 600_000 });

let bench: VirtualBench;
afterEach(async () => {
  await bench.close();
});

async function accepting(changes: Parameters<typeof accept>[0], more: Partial<TableFleet> = {}): Promise<string> {
  bench = new VirtualBench();
  await bench.start({ fleets: { [MAIN]: fleet({ accepts: { summarize: accept(changes) }, ...more }) } });
  return bench.accepted('k');
}

async function first(name = 'a-1') {
  const [task] = await bench.take(name);
  if (task === undefined) throw new Error(`${name} was to get a task`);
  return task;
}

describe('Fleet.spec.accepts.*.timeouts.queue', () => {
  test('a task that nobody takes for so long has expired', async () => {
    const id = await accepting({ queueMs: 4000 });
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ state: 'ready' });
    await bench.clock.pass(2000);
    expect(await bench.view(id)).toMatchObject({ state: 'expired' });
  });
});

describe('Fleet.spec.accepts.*.timeouts.heartbeat', () => {
  test('a run that is not heard of for so long loses its task to the next', async () => {
    const id = await accepting({ heartbeatMs: 4000 });
    const { token } = await first();
    await bench.clock.pass(3000);
    await bench.clock.until(bench.scheduler.heartbeat({ fleet: MAIN, name: 'a-1' }, [{ id, token }]));
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ state: 'running' });
    await bench.clock.pass(2000);
    expect((await first('a-2')).token).toBeGreaterThan(token);
  });
});

describe('Fleet.spec.accepts.*.timeouts.run', () => {
  test('a run that takes longer is over, however well it is', async () => {
    const id = await accepting({ heartbeatMs: 4000, runMs: 6000, attempts: 1 });
    const { token } = await first();
    for (let n = 0; n < 4; n += 1) {
      await bench.clock.pass(2000);
      await bench.clock.until(bench.scheduler.heartbeat({ fleet: MAIN, name: 'a-1' }, [{ id, token }]));
    }
    expect((await bench.view(id)).state).toBe('dead');
  });
});

describe('Fleet.spec.accepts.*.retry.attempts', () => {
  test('after so many failures the task is a dead letter', async () => {
    const id = await accepting({ attempts: 3 });
    const states: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      await bench.fail(await first(), 'a-1', { error: 'Broken' });
      states.push((await bench.view(id)).state);
      await bench.clock.pass(2000);
    }
    expect(states).toEqual(['delayed', 'delayed', 'dead']);
  });
});

describe('Fleet.spec.accepts.*.retry.backoff.first, Fleet.spec.accepts.*.retry.backoff.factor, Fleet.spec.accepts.*.retry.backoff.max and Fleet.spec.accepts.*.retry.backoff.jitter', () => {
  test.each([
    { jitter: 'none', waits: [1000, 3000, 5000, 5000] },
    { jitter: 'full', waits: [500, 1500, 2500, 2500] },
  ] as const)('jitter $jitter: the waits grow by the factor, up to the bound', async ({ jitter, waits }) => {
    const id = await accepting({ attempts: 9, backoff: { firstMs: 1000, factor: 3, maxMs: 5000, jitter } });
    for (const wait of waits) {
      await bench.fail(await first(), 'a-1', { error: 'Broken' });
      await bench.clock.pass(wait - 200);
      expect((await bench.view(id)).state).toBe('delayed');
      await bench.clock.pass(400);
      expect((await bench.view(id)).state).toBe('ready');
    }
  });
});

describe('Fleet.spec.accepts.*.effects', () => {
  test.each(['none', 'idempotent'] as const)(
    '%s: what an agent that went silent had is begun again',
    async (effects) => {
      const id = await accepting({ effects, heartbeatMs: 2000, runMs: 9000 });
      await first();
      await bench.clock.pass(3000);
      expect(await bench.taken('a-2')).toEqual([id]);
    },
  );

  test('external: it waits for a person, and nobody begins it again', async () => {
    const id = await accepting({ effects: 'external', heartbeatMs: 2000, runMs: 9000, attempts: 3 });
    expect(await first()).toMatchObject({ heartbeatMs: 2000 });
    for (let n = 0; n < 4; n += 1) {
      await bench.clock.pass(2000);
      expect(await bench.taken('a-2', { waitMs: 100 })).toEqual([]);
    }
    await bench.clock.pass(2000);
    expect(await bench.view(id)).toMatchObject({ state: 'dead', reason: 'timeout' });
    await bench.clock.until(bench.scheduler.redrive(id));
    expect(await bench.taken('a-2')).toEqual([id]);
  });

  test('external: the agent that went silent may still say that it is done, while it is in time', async () => {
    const id = await accepting({ effects: 'external', heartbeatMs: 2000, runMs: 9000 });
    const task = await first();
    await bench.clock.pass(8000);
    await bench.complete(task, 'a-1');
    expect((await bench.view(id)).state).toBe('succeeded');
  });

  test('external: what its agent says has failed is tried again', async () => {
    const id = await accepting({ effects: 'external', attempts: 2 });
    await bench.fail(await first(), 'a-1', { error: 'Broken' });
    await bench.clock.pass(500);
    await bench.fail(await first(), 'a-1', { error: 'Broken' });
    expect(await bench.view(id)).toMatchObject({ state: 'dead', attempts: 2 });
  });
});

describe('Fleet.spec.accepts.*.retry.never[]', () => {
  test('an error of that name is not tried again', async () => {
    const id = await accepting({ attempts: 9, never: ['Hopeless'] });
    await bench.fail(await first(), 'a-1', { error: 'Hopeless' });
    expect((await bench.view(id)).state).not.toBe('delayed');
    await bench.clock.pass(5000);
    expect(await bench.taken('a-1')).toEqual([]);
  });
});

describe('Fleet.spec.accepts.*.input and Fleet.spec.accepts.*.output', () => {
  test('what breaks the schema is refused with its place', async () => {
    const schemas = { 'sha256-in': { type: 'object', required: ['text'] }, 'sha256-out': { required: ['summary'] } };
    bench = new VirtualBench();
    const accepts = { summarize: accept({ input: 'sha256-in', output: 'sha256-out' }) };
    await bench.start({ schemas, fleets: { [MAIN]: fleet({ accepts }) } });
    expect(await bench.submit('bad', { input: {} })).toMatchObject({ kind: 'invalid', errors: [{ pointer: '' }] });
    await bench.accepted('good', { input: { text: 'x' } });
    const task = await first();
    expect(await bench.complete(task, 'a-1', { nothing: 1 })).toMatchObject({ kind: 'invalid' });
    expect(await bench.complete(task, 'a-1', { summary: 's' })).toMatchObject({ kind: 'settled' });
  });
});

describe('Fleet.spec.agent.build and Fleet.spec.rollout.steps[].weight', () => {
  test('each build gets its share of the keys, and an agent only tasks of its own', async () => {
    bench = new VirtualBench();
    await bench.start({ fleets: { [MAIN]: fleet({ builds: { v1: 7500, v2: 2500 } }) } });
    for (let n = 0; n < 100; n += 1) await bench.accepted(`k-${n}`);
    const old = await bench.take('a-1', { free: 100 });
    const now = await bench.take('b-1', { build: 'v2', free: 100 });
    expect(old.length).toBeGreaterThan(0);
    expect(now.length).toBeGreaterThan(10);
    expect(now.length).toBeLessThan(45);
    expect(bench.scheduler.register(MAIN, { name: 'c-1', build: 'v9', slots: 1 })).toMatchObject({
      kind: 'unknown-build',
      builds: ['v1', 'v2'],
    });
  });
});

describe('Fleet.spec.agent.delivery and Fleet.spec.agent.slots', () => {
  const url = 'http://agents/v1/tasks';
  const fleets = (changes: Partial<TableFleet>) => ({ [MAIN]: fleet({ url, ...changes }) });

  /** Addresses of the calls that are made for five tasks; none of them has an end. */
  async function called(changes: Partial<TableFleet>): Promise<readonly string[]> {
    const urls: string[] = [];
    bench = new VirtualBench({
      push: (at, _, signal) => {
        urls.push(at);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
      },
    });
    await bench.start({ fleets: fleets(changes) });
    for (let n = 0; n < 5; n += 1) await bench.accepted(`k-${n}`);
    await bench.clock.pass(1000);
    return urls;
  }

  test('push: tasks are handed over at its address, as many at once as it has slots', async () => {
    expect(await called({ delivery: 'push', slots: 3 })).toEqual([url, url, url]);
  });

  test('push: other slots of another table hold at once', async () => {
    const urls = await called({ delivery: 'push', slots: 2 });
    expect(urls).toHaveLength(2);
    bench.scheduler.use(table({ fleets: fleets({ delivery: 'push', slots: 4 }), digest: 'sha256-2' }));
    await bench.clock.pass(1000);
    expect(urls).toHaveLength(4);
  });

  test('pull: nobody is called, and who asks is given tasks', async () => {
    expect(await called({ delivery: 'pull' })).toEqual([]);
    expect(await bench.taken('a-1', { free: 5 })).toHaveLength(5);
  });
});

describe('Fleet.spec.rollout.drain', () => {
  test('an agent is told at its registration how long it may take to end', async () => {
    await accepting({}, { drainMs: 77_000 });
    expect(bench.scheduler.register(MAIN, { name: 'a-1', slots: 1 })).toMatchObject({ response: { drainMs: 77_000 } });
  });
});

describe('Company.spec.teams.*.weight', () => {
  test('a team of three times the weight starts three times as many', async () => {
    bench = new VirtualBench();
    const [one] = table().routes;
    if (one === undefined) throw new Error('the table was to have a route');
    const routes = [one, { ...one, id: 'big/work', team: 'big', tasks: ['work'] }];
    const fleets = { [MAIN]: fleet({ accepts: { summarize: accept(), work: accept() } }) };
    await bench.start({ teams: { research: { weight: 1 }, big: { weight: 3 } }, routes, fleets });
    for (let n = 0; n < 24; n += 1) {
      await bench.accepted(`s-${n}`);
      await bench.accepted(`b-${n}`, { task: 'work', tenant: 'big' });
    }
    let big = 0;
    for (let n = 0; n < 24; n += 1) {
      const task = await first();
      if (task.task === 'work') big += 1;
      await bench.complete(task, 'a-1');
    }
    expect(big).toBeGreaterThanOrEqual(17);
    expect(big).toBeLessThanOrEqual(19);
  });
});

describe('Company.spec.teams.*.inFlight', () => {
  test('a team runs no more tasks at once, over all its routes and fleets', async () => {
    bench = new VirtualBench();
    const routes = [route(), route({ id: 'research/other', tasks: ['other'], to: [{ fleet: OTHER, weight: 1 }] })];
    await bench.start({ teams: { research: { weight: 1, inFlightMax: 3 } }, routes, fleets: TWO_FLEETS });
    for (let n = 0; n < 4; n += 1) {
      await bench.accepted(`s-${n}`);
      await bench.accepted(`o-${n}`, { task: 'other' });
    }
    const running = await bench.take('a-1', { free: 2 });
    expect(running).toHaveLength(2);
    await bench.clock.pass(500);
    expect(await bench.taken('b-1', { fleet: OTHER })).toHaveLength(1);
    await bench.clock.pass(500);
    expect(await bench.taken('b-2', { fleet: OTHER })).toEqual([]);
    expect(await bench.taken('a-2')).toEqual([]);
    if (running[0] !== undefined) await bench.complete(running[0], 'a-1');
    await bench.clock.pass(500);
    expect(await bench.taken('b-2', { fleet: OTHER })).toHaveLength(1);
  });
});

describe('Fleet.spec.skills.*', () => {
  test('a fleet that does not do well enough what the route asks for is not chosen', async () => {
    bench = new VirtualBench();
    const to = [MAIN, OTHER].map((id) => ({ fleet: id, weight: 50 }));
    const skilled = (python: number) => fleet({ skills: { python } });
    const routes = [route({ to, require: [['python', 3]] })];
    await bench.start({ routes, fleets: { [MAIN]: skilled(2), [OTHER]: skilled(3) } });
    for (let n = 0; n < 8; n += 1) expect(await bench.submit(`k-${n}`)).toMatchObject({ response: { fleet: OTHER } });
  });
});

describe('Fleet.spec.rollout.strategy', () => {
  test('rolling: agents of the version before take tasks as well, and with another strategy they do not', async () => {
    for (const rolls of [true, false]) {
      bench = new VirtualBench();
      await bench.start({ fleets: { [MAIN]: fleet({ builds: { v2: 10_000 }, ...(rolls && { anyBuild: true }) }) } });
      await bench.accepted('k');
      if (rolls) expect(await bench.taken('a-1', { build: 'v1' })).toHaveLength(1);
      else await expect(bench.taken('a-1', { build: 'v1' })).resolves.toEqual([]);
      if (rolls) await bench.close();
    }
  });
});

describe('Fleet.spec.providers[] and Provider.spec.limits.concurrent', () => {
  test('no more tasks use a provider at once, in whichever of its fleets', async () => {
    await withProvider({ concurrent: 2 });
    const running = await bench.take('a-1', { free: 8 });
    expect(running).toHaveLength(2);
    await bench.clock.pass(500);
    expect(await bench.taken('b-1', { fleet: OTHER })).toEqual([]);
    expect(await bench.taken('c-1', { fleet: FREE })).toHaveLength(1);
    if (running[0] !== undefined) await bench.complete(running[0], 'a-1');
    await bench.clock.pass(500);
    expect(await bench.taken('b-1', { fleet: OTHER })).toHaveLength(1);
  });
});

describe('Provider.spec.limits.requests', () => {
  test.each([15, 100])('%d a minute: as many start, evenly, in all its fleets together', async (perMinute) => {
    await withProvider({ requestsPerSecond: perMinute / 60 }, 200);
    let started = 0;
    for (let ms = 0; ms < 60_000; ms += 200) {
      await bench.clock.pass(200);
      for (const [name, id] of [
        ['a-1', MAIN],
        ['b-1', OTHER],
      ] as const) {
        const tasks = await bench.take(name, { fleet: id, free: 8, waitMs: 0 });
        for (const task of tasks) await bench.complete(task, name, {}, id);
        started += tasks.length;
      }
    }
    expect(started).toBeGreaterThan(perMinute * 0.93);
    expect(started).toBeLessThan(perMinute * 1.07 + 1);
  });
});

describe('Provider.spec.breaker.errors and Provider.spec.breaker.openFor', () => {
  test('after so many errors in a row its tasks are held back for so long, in all its fleets', async () => {
    await withProvider({ breaker: { errors: 3, openForMs: 8000 } }, 20);
    for (let n = 0; n < 3; n += 1) {
      await bench.fail(await first(), 'a-1', { error: 'provider.brain.overloaded', final: true });
    }
    expect(await bench.taken('b-1', { fleet: OTHER })).toEqual([]);
    expect(await bench.taken('c-1', { fleet: FREE })).toHaveLength(1);
    await bench.clock.pass(7000);
    expect(await bench.taken('b-1', { fleet: OTHER })).toEqual([]);
    await bench.clock.pass(1500);
    expect(await bench.taken('b-1', { fleet: OTHER })).toHaveLength(1);
  });
});

/** Two fleets use a provider, and a third one does not; `count` tasks wait at each. */
async function withProvider(changes: Partial<TableProvider>, count = 4): Promise<void> {
  bench = new VirtualBench();
  const brain = { breaker: { errors: 5, openForMs: 30_000 }, ...changes };
  const uses = { providers: ['brain'], accepts: { summarize: LASTING, other: LASTING } };
  await bench.start({
    providers: { brain },
    fleets: { [MAIN]: fleet(uses), [OTHER]: fleet(uses), [FREE]: fleet({ accepts: { free: LASTING } }) },
    routes: [
      route(),
      route({ id: 'research/other', tasks: ['other'], to: [{ fleet: OTHER, weight: 1 }] }),
      route({ id: 'research/free', tasks: ['free'], to: [{ fleet: FREE, weight: 1 }] }),
    ].map((one) => ({ ...one, queue: { ...one.queue, maxAgeMs: 600_000 } })),
  });
  for (let n = 0; n < count; n += 1) {
    for (const task of ['summarize', 'other', 'free']) await bench.accepted(`${task}-${n}`, { task });
  }
}
