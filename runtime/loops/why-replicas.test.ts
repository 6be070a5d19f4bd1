import { afterEach, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { WhyResponse } from '../../spec/contract/protocol.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { AGENT, Bench, pollOnce, route, submission, table } from './testing/bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

/** Two schedulers over one store, of which one begins anew when it is asked to. */
async function two(changes: Partial<RoutingTable> = {}) {
  const clock = new VirtualClock();
  const bench = new Bench(['s-0', 's-1'], memoryStore({ nowUs: () => clock.nowMs() * 1000 }));
  const bounds = { tickMs: 100, idleTickMs: 200 };
  const start = (name: string, own = changes): Promise<RunningScheduler> =>
    clock.until(bench.start(name, { clock, bounds, table: table(own), earlierTables: [table(changes)] }));
  const schedulers = [await start('s-0'), await start('s-1')];
  close = async () => {
    for (const scheduler of schedulers) await clock.until(scheduler.close());
  };
  await clock.pass(1000);
  const [here, there] = schedulers as [RunningScheduler, RunningScheduler];
  const accepted = async (key: string): Promise<string> => {
    const outcome = await clock.until(here.submit(submission(key)));
    return outcome.kind === 'accepted' ? outcome.response.id : outcome.kind;
  };
  /** What both of them say. */
  const why = async (id: string): Promise<WhyResponse | undefined> => {
    await clock.pass(1000);
    const answers: (WhyResponse | undefined)[] = [];
    for (const scheduler of schedulers) answers.push(await clock.until(scheduler.why(id)));
    expect(answers[1]).toEqual(answers[0]);
    return answers[0];
  };
  const take = async (scheduler = here) => {
    const [task] = (await clock.until(pollOnce(scheduler, { waitMs: 100 }))).tasks;
    return { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  };
  return { clock, here, there, schedulers, start, accepted, why, take };
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
