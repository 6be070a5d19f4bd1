import { afterEach, expect, test } from 'vitest';
import type { RoutingTable, TableRoute } from '../../spec/contract/routing-table.ts';
import type { WhyResponse } from '../../spec/contract/protocol.ts';
import type { RunningScheduler } from './scheduler.ts';
import { accept, fleet, pollOnce, route, table } from './testing/bench.ts';
import { whyOfTwo } from './testing/why-of-two.ts';

/** Limits of which each scheduler has a share: `why` says the same at both in every instant, from the start that fills them on. */
type Two = Awaited<ReturnType<typeof whyOfTwo>>;

let two: Two;
afterEach(() => two.close());

const FLEET = 'research/summarizer';
const BACKUP = 'research/backup';
const BREAKER = { errors: 0.5, openForMs: 30_000 };
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
