import { expect, test } from 'vitest';
import { memoryStore } from '../store/memory/memory-store.ts';
import { LANE, SHARD, START_MS, routePolicy, task } from '../store/testing/bench.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { DEFAULT_SETTINGS } from '../core/route-policy.ts';
import type { Batch, Operation, Store } from '../store/store.ts';
import { systemClock } from './clock.ts';
import type { PendingClaim } from './link-calls.ts';
import { ShardLink } from './shard-link.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

const WORTH = 4;
const POLICY: Operation = {
  op: 'policy',
  revision: 'sha256-1',
  settings: DEFAULT_SETTINGS,
  routes: [routePolicy()],
};

/** A call on its way: the server has applied it, and the test says what becomes of its answer. */
interface Call {
  readonly batch: Batch;
  readonly answer: () => void;
  readonly lose: () => void;
}

/** A link that is up, over a store whose answers wait for the test. */
async function bench() {
  const memory = memoryStore({ nowUs: () => START_MS * 1000 });
  const calls: Call[] = [];
  let holds = false;
  const store: Store = {
    ...memory,
    apply: (shard, batch) => {
      const applied = memory.applyNow(shard, batch);
      if (!holds) return Promise.resolve(applied);
      return new Promise((resolve, reject) => {
        calls.push({
          batch,
          answer: () => resolve(applied),
          lose: () => reject(new StoreFailure('unavailable', 'lost')),
        });
      });
    },
  };
  const heard: string[] = [];
  const claims: PendingClaim[] = [];
  const link = new ShardLink(SHARD, 0, {
    scheduler: 's-1',
    store,
    clock: { ...systemClock, soon: (run) => queueMicrotask(run) },
    tokens: { value: 0, raise: () => undefined, allow: () => undefined },
    callWorth: WORTH,
    replay: (_, position) => Promise.resolve(position),
    claims: (_, __, room) => claims.splice(0, room),
    applied: () => undefined,
    state: (_, state) => heard.push(state),
    unheard: () => undefined,
    timed: () => undefined,
  });
  link.open();
  await turns();
  await link.ask(POLICY);
  return {
    link,
    calls,
    heard,
    hold: (): void => {
      holds = true;
    },
    flow: (): void => {
      holds = false;
    },
    submit: (id: string): void => {
      void link.ask({ op: 'submit', task: task(id) }).then(
        () => heard.push(id),
        () => heard.push(`${id} refused`),
      );
    },
    claim: (agent: string): void => {
      claims.push({
        operation: { op: 'claim', agent, lanes: [LANE], count: 1, looks: 8 },
        done: (reply) => heard.push(`${agent} has ${reply.claims.map(({ record }) => record.id).join()}`),
        lost: () => heard.push(`${agent} lost`),
      });
      link.wantClaim();
    },
    states: (): readonly (string | undefined)[] =>
      ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => memory.shard('research/summarizer:0')?.o.get(id)?.state),
  };
}

/** A link that begins while the store is away, and the times at which it asks. */
async function early() {
  const clock = new VirtualClock(0);
  const memory = memoryStore({ nowUs: () => START_MS * 1000 });
  const asked: number[] = [];
  const way = { open: false };
  const link = new ShardLink(SHARD, 0, {
    scheduler: 's-1',
    store: {
      ...memory,
      apply: (shard, batch) => {
        asked.push(clock.nowMs());
        return way.open ? memory.apply(shard, batch) : Promise.reject(new StoreFailure('unavailable', 'away'));
      },
    },
    clock,
    tokens: { value: 0, raise: () => undefined, allow: () => undefined },
    callWorth: WORTH,
    replay: (_, position) => Promise.resolve(position),
    claims: () => [],
    applied: () => undefined,
    state: () => undefined,
    unheard: () => undefined,
    timed: () => undefined,
  });
  link.open();
  await clock.pass(0);
  return { clock, link, asked, way };
}

test('a link that begins some milliseconds before its connection goes up with it', async () => {
  const { clock, link, way } = await early();
  expect(link.state).toBe('lost');
  way.open = true;
  await clock.pass(25);
  expect(link.state).toBe('up');
});

test('a store that stays away is asked less and less, down to once in about a second', async () => {
  const { clock, asked } = await early();
  await clock.pass(60_000);
  const pauses = asked.slice(1).map((time, index) => time - (asked[index] ?? 0));
  expect(pauses.slice(0, 8)).toEqual([18.75, 37.5, 75, 150, 300, 600, 1200, 1200]);
  expect(asked.length).toBeLessThan(60);
});

test('what is asked of a link that is closed is refused at once, and what the journal has stays there', async () => {
  const { link, calls, hold } = await bench();
  hold();
  link.close();
  await expect(link.ask(POLICY)).rejects.toThrow(StoreFailure);
  expect(await link.submit({ op: 'submit', task: task('a') }, 1)).toBe('journaled');
  await link.idle();
  expect(calls).toEqual([]);
});

/** Whatever waits for nothing but its turn has had it. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function ids(call: Call | undefined): readonly string[] {
  return (call?.batch.operations ?? []).map((operation) =>
    operation.op === 'submit' ? operation.task.id : operation.op,
  );
}

test('what is asked while a call is on its way goes together in the next', async () => {
  const { hold, submit, calls } = await bench();
  hold();
  submit('a');
  await turns();
  submit('b');
  submit('c');
  await turns();
  expect(calls.map(ids)).toEqual([['a']]);
  calls[0]?.answer();
  await turns();
  expect(calls.map(ids)).toEqual([['a'], ['b', 'c']]);
});

test('enough to be worth a call follows at once, and a third call never', async () => {
  const { hold, submit, calls } = await bench();
  hold();
  submit('a');
  await turns();
  for (const id of ['b', 'c', 'd', 'e']) submit(id);
  await turns();
  expect(calls.map(ids)).toEqual([['a'], ['b', 'c', 'd', 'e']]);
  for (const id of ['f', 'g', 'h', 'i']) submit(id);
  await turns();
  expect(calls).toHaveLength(2);
  const [first, second] = calls.map(({ batch }) => batch);
  expect(second?.prevLsn).toBe(first?.lsn);
  expect(second?.number).toBe((first?.number ?? 0) + 1);
  expect(second?.after).toBe(first?.number);
});

test('what is worth two calls goes in two halves, each with its claims', async () => {
  const { hold, submit, claim, calls, heard } = await bench();
  hold();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) submit(id);
  for (let agent = 1; agent <= 5; agent += 1) claim(`agent-${agent}`);
  await turns();
  const four = Array.from({ length: 4 }, () => 'claim');
  expect(calls.map(ids)).toEqual([
    ['a', 'b', 'c', 'd', ...four],
    ['e', 'f', 'g', 'h', 'i', 'claim'],
  ]);
  calls[0]?.answer();
  await turns();
  expect(heard.slice(2)).toEqual([
    'agent-1 has a',
    'agent-2 has b',
    'agent-3 has c',
    'agent-4 has d',
    'a',
    'b',
    'c',
    'd',
  ]);
});

test('answers are taken in the order of the calls', async () => {
  const { hold, submit, calls, heard } = await bench();
  hold();
  submit('a');
  await turns();
  for (const id of ['b', 'c', 'd', 'e']) submit(id);
  await turns();
  calls[1]?.answer();
  await turns();
  expect(heard).toEqual(['replaying', 'up']);
  calls[0]?.answer();
  await turns();
  expect(heard).toEqual(['replaying', 'up', 'a', 'b', 'c', 'd', 'e']);
});

test('what two lost answers had handed out goes back, and the link goes up once', async () => {
  const { hold, flow, submit, claim, calls, heard, states, link } = await bench();
  for (const id of ['a', 'b']) submit(id);
  await turns();
  hold();
  claim('agent-1');
  await turns();
  for (const id of ['c', 'd', 'e', 'f']) submit(id);
  claim('agent-2');
  await turns();
  expect(calls.map(ids)).toEqual([['claim'], ['c', 'd', 'e', 'f', 'claim']]);
  expect(states()).toEqual(['L', 'L', 'R', 'R', 'R', 'R']);
  flow();
  calls[0]?.lose();
  await turns();
  expect(link.state).toBe('lost');
  calls[1]?.lose();
  await turns();
  expect(heard.slice(4)).toEqual([
    'agent-1 lost',
    'lost',
    'agent-2 lost',
    'c refused',
    'd refused',
    'e refused',
    'f refused',
    'replaying',
    'up',
  ]);
  expect(states()).toEqual(['R', 'R', 'R', 'R', 'R', 'R']);
});

test('an answer that comes after an earlier one was lost still counts', async () => {
  const { hold, flow, submit, calls, heard, link } = await bench();
  hold();
  submit('a');
  await turns();
  for (const id of ['b', 'c', 'd', 'e']) submit(id);
  await turns();
  flow();
  calls[0]?.lose();
  await turns();
  calls[1]?.answer();
  await turns();
  expect(heard).toEqual(['replaying', 'up', 'lost', 'a refused', 'b', 'c', 'd', 'e', 'replaying', 'up']);
  expect(link.state).toBe('up');
});
