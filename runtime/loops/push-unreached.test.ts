import { afterEach, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import type { TableRoute } from '../../spec/contract/routing-table.ts';
import { pause } from './clock.ts';
import { NotReached } from './push-call.ts';
import { accept, fleet, route, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

const FLEET = 'research/summarizer';
const BACKUP = 'research/backup';
const LONG_MS = 600_000;
const CONNECT_MS = 10;
const URL = 'http://agents/v1/tasks';
const REFUSED = 'connect ECONNREFUSED 10.0.0.7:8080';

let bench: VirtualBench;
afterEach(() => bench.close());

interface Given {
  readonly accepts?: Parameters<typeof accept>[0];
  readonly slots?: number;
  readonly route?: Partial<TableRoute>;
}

/** A push fleet whose agents are there or not, and what has become of the calls. */
async function away({ accepts = {}, slots = 1, route: changes = {} }: Given = {}) {
  const agents: { says: number | 'nothing'; workMs: number } = { says: 'nothing', workMs: 0 };
  const calls: (Assignment & { readonly url: string })[] = [];
  const warned: unknown[] = [];
  bench = new VirtualBench({
    push: async (url, task) => {
      calls.push({ ...task, url });
      const { says, workMs } = agents;
      await pause(bench.clock, says === 'nothing' ? CONNECT_MS : workMs);
      if (says === 'nothing') throw new NotReached(new Error(REFUSED));
      return { status: says, body: Buffer.from('1'), isUnbegun: false };
    },
    observer: { warning: (message, details) => warned.push([message, details]) },
  });
  const summarize = accept({ queueMs: LONG_MS, attempts: 1, ...accepts });
  const tableAt = (url: string) => ({
    fleets: { [FLEET]: fleet({ delivery: 'push', url, slots, accepts: { summarize } }), [BACKUP]: fleet() },
    routes: [route({ queue: { maxDepth: 1000, maxAgeMs: LONG_MS, onFull: 'reject' }, ...changes })],
  });
  await bench.start(tableAt(URL));
  return { agents, calls, warned, tableAt };
}

async function breaker(): Promise<string | undefined> {
  return (await bench.clock.until(bench.scheduler.fleet(FLEET)))?.builds[0]?.breaker;
}

test.each(['idempotent', 'external'] as const)(
  'a task (%s) waits for a fleet that nobody can reach for some seconds, and no attempt is counted',
  async (effects) => {
    const { agents, calls } = await away({ accepts: { effects } });
    const id = await bench.accepted('k');
    await bench.clock.pass(3000);
    expect(await bench.view(id)).toMatchObject({ attempts: 0, crashes: 0, reason: 'nobody-there' });
    // Nobody is called without a pause.
    expect(calls).toHaveLength(8);
    agents.says = 200;
    await bench.clock.pass(1000);
    expect(await bench.view(id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
    expect(calls.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 9 }, () => 1));
  },
);

test('attempts that were made before still count', async () => {
  const { agents, calls } = await away({ accepts: { attempts: 2 } });
  agents.says = 500;
  const id = await bench.accepted('k');
  await bench.clock.pass(1);
  expect(await bench.view(id)).toMatchObject({ attempts: 1, reason: 'Http500' });
  agents.says = 'nothing';
  await bench.clock.pass(1000);
  expect(await bench.view(id)).toMatchObject({ attempts: 1, reason: 'nobody-there' });
  agents.says = 500;
  await bench.clock.pass(1000);
  expect(await bench.view(id)).toMatchObject({ state: 'dead', attempts: 2, reason: 'Http500' });
  expect(calls.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 2, 2]);
});

test('a fleet that is called in vain is said to be away once, with the reason, and again after it was there', async () => {
  const { agents, warned } = await away();
  const details = { fleet: FLEET, url: URL, because: REFUSED };
  const says = ['nobody is there at the address of a push fleet', details];
  await bench.accepted('k-1');
  await bench.clock.pass(2000);
  expect(warned).toEqual([says]);
  agents.says = 200;
  await bench.clock.pass(1000);
  agents.says = 'nothing';
  await bench.accepted('k-2');
  await bench.clock.pass(1000);
  expect(warned).toEqual([says, says]);
});

test('its breaker opens, and a fallback for that takes the task elsewhere with all its attempts', async () => {
  const step = { when: ['breaker-open' as const], afterMs: 10_000, fleet: BACKUP };
  const { calls } = await away({ route: { fallback: [step] } });
  const id = await bench.accepted('k');
  await bench.clock.pass(6000);
  expect(await breaker()).toBe('open');
  expect(calls).toHaveLength(10);
  expect((await bench.why(id)).says).toBe(
    `the circuit breaker of ${FLEET} v1 is open; nobody was there at the last call`,
  );
  await bench.clock.pass(12_000);
  expect(await bench.view(id)).toMatchObject({ fleet: BACKUP, state: 'ready', attempts: 0 });
});

test('probes of an open breaker that reach nobody open it again for longer, and use up no attempt', async () => {
  const { agents, calls } = await away();
  const id = await bench.accepted('k');
  await bench.clock.pass(30_000);
  expect([await breaker(), calls.length]).toEqual(['open', 10]);
  await bench.clock.pass(10_000);
  // Two of three trials are enough to know.
  expect([await breaker(), calls.length]).toEqual(['open', 12]);
  await bench.clock.pass(50_000);
  expect([await breaker(), calls.length]).toEqual(['open', 12]);
  agents.says = 200;
  await bench.clock.pass(20_000);
  expect(await bench.view(id)).toMatchObject({ state: 'succeeded', attempts: 0 });
  for (const key of ['k-2', 'k-3']) await bench.accepted(key);
  await bench.clock.pass(1000);
  expect(await breaker()).toBe('closed');
});

test('nobody is waited for longer than a task may wait: then calls that reach nobody are its attempts', async () => {
  const { calls } = await away({ accepts: { queueMs: 1500, attempts: 3 } });
  const id = await bench.accepted('k');
  await bench.clock.pass(1400);
  expect(await bench.view(id)).toMatchObject({ attempts: 0 });
  await bench.clock.pass(2000);
  expect(await bench.view(id)).toMatchObject({
    state: 'dead',
    attempts: 3,
    reason: 'Unreachable',
    result: { error: 'Unreachable', message: REFUSED },
  });
  expect(calls.length).toBeLessThan(10);
});

test('a task of a fleet that is away is cancelled at once', async () => {
  await away();
  const id = await bench.accepted('k');
  await bench.clock.pass(1000);
  await bench.clock.until(bench.scheduler.cancel(id, 'not needed'));
  await bench.clock.pass(500);
  expect(await bench.view(id)).toMatchObject({ state: 'cancelled', attempts: 0 });
});

test('a fleet that is away is called one at a time, and when it is back as often at once as before, in the same order', async () => {
  const { agents, calls } = await away({ slots: 4 });
  const ids: string[] = [];
  for (let n = 0; n < 6; n += 1) ids.push(await bench.accepted(`k-${n}`));
  await bench.clock.pass(1500);
  // Four at first, then one after the other.
  expect(calls.length).toBe(7);
  agents.says = 200;
  agents.workMs = 1000;
  calls.splice(0);
  await bench.clock.pass(1600);
  expect(calls.map(({ id }) => id)).toEqual(ids.slice(0, 5));
});

test('at another address it begins with its slots again', async () => {
  const { calls, tableAt } = await away({ slots: 4 });
  for (let n = 0; n < 6; n += 1) await bench.accepted(`k-${n}`);
  await bench.clock.pass(1500);
  bench.scheduler.use(table({ ...tableAt(`${URL}/elsewhere`), digest: 'sha256-2' }));
  await bench.clock.pass(100);
  // Four, with the one that still rests where the fleet was.
  expect(calls.filter(({ url }) => url !== URL)).toHaveLength(3);
});
