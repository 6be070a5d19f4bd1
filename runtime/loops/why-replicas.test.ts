import { afterEach, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { routeNumber } from '../../spec/contract/lane-numbers.ts';
import { route, table } from './testing/bench.ts';
import { whyOfTwo } from './testing/why-of-two.ts';

let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

async function two(changes: Partial<RoutingTable> = {}) {
  const started = await whyOfTwo(changes);
  ({ close } = started);
  return started;
}

test('a breaker that is open at one scheduler is told by both, and where', async () => {
  const { clock, here, accepted, why, take } = await two();
  for (let n = 0; n < 12; n += 1) await accepted(`k-${n}`);
  for (let n = 0; n < 10; n += 1) {
    const run = await take();
    await clock.until(here.fail(run, { error: 'BadInput' }));
  }
  const id = await accepted('later');
  const found = (await why(id))?.holds.find(({ rule }) => rule === 'breaker');
  expect(found).toMatchObject({
    says: 'the circuit breaker of research/summarizer v1 is open at s-0; other schedulers may start it',
  });
  expect(Date.parse(found?.until ?? '') - Date.parse(found?.since ?? '')).toBe(30_000);
  await clock.pass(30_000);
  expect((await why(id))?.holds.find(({ rule }) => rule === 'breaker')).toBeUndefined();
});

test('since when there is no room is read from the runs that take it', async () => {
  const { clock, accepted, why, take } = await two({ routes: [route({ limits: { inFlight: 2 } })] });
  const firstMs = clock.nowMs();
  const ids: string[] = [];
  for (const key of ['k-1', 'k-2', 'k-3', 'k-4']) ids.push(await accepted(key));
  await take();
  await clock.pass(2000);
  const fullMs = clock.nowMs();
  await take();
  const waiting = (await why(ids[3] ?? ''))?.holds ?? [];
  expect(waiting.map(({ rule }) => rule)).toEqual(['no-free-slot', 'in-flight', 'turn']);
  const after = (ms: number) => waiting.map(({ since }) => Date.parse(since ?? '') - ms);
  expect(after(fullMs).slice(0, 2)).toEqual([expect.toSatisfy(isSoon), expect.toSatisfy(isSoon)]);
  expect(after(firstMs)[2]).toSatisfy(isSoon);
  // One that came later is not held for longer than it is there.
  await clock.pass(500);
  const laterMs = clock.nowMs();
  const [later] = (await why(await accepted('k-5')))?.holds ?? [];
  expect(Date.parse(later?.since ?? '') - laterMs).toSatisfy(isSoon);
});

function isSoon(ms: unknown): boolean {
  return typeof ms === 'number' && ms >= 0 && ms < 100;
}

test('since when an agent or a route is missing outlives the schedulers', async () => {
  const { clock, schedulers, start, accepted, why } = await two();
  const id = await accepted('k-1');
  const hold = async (rule: string) => (await why(id))?.holds.find((one) => one.rule === rule);
  const none = await hold('no-agent');
  expect(none?.since).toBeDefined();
  const without = { digest: 'sha256-2', routes: [route({ id: 'research/other', tasks: ['other'] })] };
  for (const scheduler of schedulers) {
    scheduler.use(table(without));
    await clock.pass(500);
  }
  const gone = await hold('no-policy');
  expect(gone?.since).toBeDefined();
  for (const [index, name] of ['s-0', 's-1'].entries()) {
    await clock.pass(3000);
    await clock.until(schedulers[index]?.close() ?? Promise.resolve());
    schedulers[index] = await start(name, without);
  }
  expect(await hold('no-policy')).toEqual(gone);
  expect((await hold('no-agent'))?.since).toBe(none?.since);
});

test('while a table is rolled out, that it has lost a route is told once by each, and taken back by each', async () => {
  const { clock, here, there, asked, accepted, both } = await two();
  const id = await accepted('k-1');
  const without = { digest: 'sha256-2', routes: [route({ id: 'research/other', tasks: ['other'] })] };
  const name = `gone:${routeNumber('research/summaries')}`;
  const words = () => asked.flatMap((one) => (one.op === 'switch' && one.name.startsWith(name) ? [one.value] : []));
  const sinceMs = clock.nowMs();
  here.use(table(without));
  await clock.pass(5000);
  expect(words()).toEqual([String(sinceMs)]);
  const said = (await both(id)).map((answer) => answer?.holds.find(({ rule }) => rule === 'no-policy')?.since);
  expect(said).toEqual([new Date(sinceMs).toISOString(), undefined]);
  // One that takes it later says the same.
  there.use(table(without));
  await clock.pass(5000);
  expect(words()).toEqual([String(sinceMs), String(sinceMs)]);
  // Back again: as long as one of them has not come back, it says so.
  there.use(table());
  await clock.pass(5000);
  expect(words().slice(2)).toEqual(['']);
  here.use(table());
  await clock.pass(5000);
  expect(words().slice(2)).toEqual(['', '']);
});
