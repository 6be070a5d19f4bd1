import { afterEach, expect, test } from 'vitest';
import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import type { WhyResponse } from '../../spec/contract/protocol.ts';
import type { RunningScheduler } from './scheduler.ts';
import { accept, fleet, pollOnce, route, table } from './testing/bench.ts';
import { whyOfTwo } from './testing/why-of-two.ts';

/** Limits of which each scheduler has a share: `why` says the same at both in every instant, from the start that fills them on. */
type Two = Awaited<ReturnType<typeof whyOfTwo>>;

let two: Two;
const stops: (() => void)[] = [];
afterEach(async () => {
  // A scheduler that ends answers every poll at once.
  for (const stop of stops.splice(0)) stop();
  await two.close();
});

const FLEET = 'research/summarizer';
const BACKUP = 'research/backup';
const BREAKER = { errors: 5, openForMs: 30_000 };
const OTHER_FLEET = { accepts: { other: accept() } };
const OTHER: TableRoute = route({ id: 'research/other', tasks: ['other'], to: [{ fleet: BACKUP, weight: 1 }] });

function withBrain(limits: RoutingTable['providers'][string]): Partial<RoutingTable> {
  const providers = ['brain'];
  return {
    fleets: { [FLEET]: fleet({ providers }), [BACKUP]: fleet({ ...OTHER_FLEET, providers }) },
    providers: { brain: limits },
    routes: [route(), OTHER],
  };
}

type Held = WhyResponse['holds'][number];

/** The holds that are shared by both, as both say in this instant. What they say of agents is not looked at. */
async function held(id: string): Promise<readonly Held[]> {
  const [one, other] = (await two.both(id)).map((answer) => answer?.holds.filter(({ rule }) => SHARED.has(rule)));
  expect(other).toEqual(one);
  return one ?? [];
}

const SHARED: ReadonlySet<string> = new Set(['no-policy', 'paused', 'drain', 'provider', 'team', 'turn']);

async function taken(scheduler: RunningScheduler, name = 'a-1', of = FLEET) {
  const { tasks } = await two.clock.until(pollOnce(scheduler, { agent: { fleet: of, name }, waitMs: 100 }));
  expect(tasks).toHaveLength(1);
  return { id: tasks[0]?.id ?? '', token: tasks[0]?.token ?? 0, agent: { fleet: of, name } };
}

async function otherAccepted(key: string): Promise<void> {
  const request = { task: 'other', input: {} };
  const outcome = await two.clock.until(
    two.here.submit({ tenant: 'research', key, subject: 'tester', bytes: 10, request }),
  );
  expect(outcome.kind).toBe('accepted');
}

test('what a provider allows at once holds from the start that fills it to the end that makes room, in every fleet', async () => {
  two = await whyOfTwo(withBrain({ concurrent: 2, breaker: BREAKER }));
  await two.accepted('k-1');
  await otherAccepted('k-2');
  const id = await two.accepted('k-3');
  const first = await taken(two.here);
  expect(await held(id)).toEqual([]);
  const fullAt = new Date(two.clock.nowMs()).toISOString();
  await taken(two.there, 'b-1', BACKUP);
  const said = {
    rule: 'provider',
    says: 'as many tasks use brain as it allows at once',
    since: fullAt,
    change: 'wait for one to end, or raise limits.concurrent of brain',
  };
  expect(await held(id)).toEqual([said]);
  await two.clock.until(two.here.complete(first, {}));
  expect(await held(id)).toEqual([]);
});

test('what a team may run at once holds from the start that fills it to the end that makes room, in every fleet', async () => {
  two = await whyOfTwo({
    teams: { research: { weight: 1, inFlightMax: 2 } },
    fleets: { [FLEET]: fleet(), [BACKUP]: fleet(OTHER_FLEET) },
    routes: [route(), OTHER],
  });
  await two.accepted('k-1');
  await otherAccepted('k-2');
  const id = await two.accepted('k-3');
  const first = await taken(two.here);
  expect(await held(id)).toEqual([]);
  await taken(two.there, 'b-1', BACKUP);
  expect(await held(id)).toMatchObject([{ rule: 'team', says: '2 tasks of research run, and 2 may' }]);
  await two.clock.until(two.here.complete(first, {}));
  expect(await held(id)).toEqual([]);
});

test('a pause and a drain that were asked for at one scheduler are told at once by both', async () => {
  two = await whyOfTwo();
  const id = await two.accepted('k-1');
  await two.clock.until(two.here.pause(FLEET, 'maintenance'));
  await two.clock.until(two.there.drain(FLEET));
  const since = new Date(two.clock.nowMs()).toISOString();
  expect(await held(id)).toMatchObject([
    { rule: 'paused', says: `${FLEET} is paused: maintenance`, since },
    { rule: 'drain', since },
  ]);
  await two.clock.until(two.there.resume(FLEET));
  expect(await held(id)).toEqual([]);
});

test('since when a route is gone is told alike although the table came to one scheduler after the other', async () => {
  two = await whyOfTwo();
  const id = await two.accepted('k-1');
  const without = table({ digest: 'sha256-2', routes: [OTHER] });
  two.here.use(without);
  await two.clock.pass(30);
  two.there.use(without);
  for (let step = 0; step < 20; step += 1) {
    expect(await held(id)).toMatchObject([{ rule: 'no-policy' }]);
    await two.clock.pass(50);
  }
  expect((await held(id))[0]?.since).toBeDefined();
});

/** Agents that take one task after another and end each at once. Returns the way to stop them; the test's end does, too. */
function work(scheduler: RunningScheduler, names: readonly string[]): () => void {
  const stop = new AbortController();
  const one = async (name: string): Promise<void> => {
    const agent = { fleet: FLEET, name };
    while (!stop.signal.aborted) {
      const asked = { build: 'v1', slots: 1, free: 1, waitMs: 1000 };
      const { tasks } = await scheduler.poll(agent, asked, stop.signal);
      for (const { id, token } of tasks) await scheduler.complete({ id, token, agent }, {});
    }
  };
  for (const name of names) void one(name);
  const end = (): void => stop.abort();
  stops.push(end);
  return end;
}

/** What both say of a task again and again, at moments that drift against starts and looks. */
const STEP_MS = 90;
async function overTime(id: string, seconds: number): Promise<readonly (Held | undefined)[]> {
  const said: (Held | undefined)[] = [];
  for (let ms = 0; ms < seconds * 1000; ms += STEP_MS) {
    said.push((await held(id)).find(({ rule }) => rule === 'provider'));
    await two.clock.pass(STEP_MS);
  }
  return said;
}

/** As many as a rate of ten a second holds back for a while. Returns the last. */
async function queue(length: number): Promise<string> {
  let id = '';
  for (let n = 0; n < length; n += 1) id = await two.accepted(`k-${n}`);
  return id;
}

/** At which of the questions both began and ceased to say so, as often as they did. */
function changes(said: readonly (Held | undefined)[]): readonly number[] {
  return said.flatMap((one, step) => ((one === undefined) === (said[step - 1] === undefined) ? [] : [step]));
}

test('a rate of a provider that holds tasks back at one scheduler is told by both without a gap, and where', async () => {
  two = await whyOfTwo(withBrain({ requestsPerSecond: 10, breaker: BREAKER }));
  const id = await queue(60);
  const stop = work(two.here, ['a-1', 'a-2', 'a-3', 'a-4']);
  const startMs = two.clock.nowMs();
  const said = await overTime(id, 6);
  expect(changes(said)).toEqual([expect.toSatisfy(isAtOnce)]);
  const last = said.at(-1);
  expect(last).toEqual({
    rule: 'provider',
    says: 'brain allows no more starts a second at s-0; other schedulers may start it',
    since: expect.toSatisfy((since: string) => isAtOnce((Date.parse(since) - startMs) / STEP_MS)) as string,
    change: expect.stringMatching(/^raise limits\.requests of brain, or wait for \d+ tasks to start$/) as string,
  });
  expect(new Set(said.map((one) => one?.since)).size).toBe(2);

  // With nobody who would take one, the share is whole again in a second: it holds nothing back any more.
  stop();
  const after = await overTime(id, 5);
  expect(changes([undefined, ...after])).toEqual([1, expect.toSatisfy((step: number) => step < 40)]);
  const words = two.asked.flatMap((one) => (one.op === 'switch' && one.name.startsWith('rate:') ? [one.value] : []));
  expect(words.at(-1)).toBe('');
  expect(words.length).toBeLessThan(11 * 5);
});

function isAtOnce(step: unknown): boolean {
  return typeof step === 'number' && step >= 0 && step <= 5;
}

test('a rate of a provider that holds tasks back at both schedulers is told without their names', async () => {
  two = await whyOfTwo(withBrain({ requestsPerSecond: 10, breaker: BREAKER }));
  const id = await queue(100);
  work(two.here, ['a-1', 'a-2', 'a-3']);
  work(two.there, ['b-1', 'b-2', 'b-3']);
  await two.clock.pass(1000);
  const said = await overTime(id, 5);
  const [first] = said;
  expect(first).toMatchObject({ says: 'brain allows no more starts a second', since: expect.any(String) as string });
  for (const one of said) expect({ ...one, change: '' }).toEqual({ ...first, change: '' });
});

test('of a slow rate both say at once when the next may start, and no more of it when none waits', async () => {
  two = await whyOfTwo(withBrain({ requestsPerSecond: 0.1, breaker: BREAKER }));
  await two.accepted('k-1');
  const id = await two.accepted('k-2');
  await taken(two.here);
  const until = new Date(two.clock.nowMs() + 20_000).toISOString();
  await two.clock.pass(500);
  expect(await held(id)).toMatchObject([{ until, change: `wait until ${until}, or raise limits.requests of brain` }]);
  await two.clock.until(two.there.cancel(id, 'not needed'));
  await two.clock.pass(4000);
  expect(two.asked.findLast((one) => one.op === 'switch' && one.name.startsWith('rate:'))).toMatchObject({ value: '' });
});
