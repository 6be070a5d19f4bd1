import { afterEach, expect, test } from 'vitest';
import type { Assignment, TaskView } from '../../spec/contract/protocol.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { httpCall } from './push-call.ts';
import { AGENT, pollOnce, submission } from './testing/bench.ts';
import { closePushed, FLEET, PATIENT, pushed, reply, submitted, view, type Call } from './testing/pushed.ts';

afterEach(closePushed);

test('a task is handed over with its token, and the answer is its result', async () => {
  const calls: Call[] = [];
  const { scheduler, submit } = await pushed((call) => {
    calls.push(call);
    reply(call.response, 200, '{"summary":"hi"}');
  }, PATIENT);
  const id = await submit();
  expect(await view(scheduler, id, 'succeeded')).toMatchObject({ result: { summary: 'hi' }, attempts: 0 });
  const [{ task, path, headers } = fail()] = calls;
  expect(path).toBe('POST /v1/tasks');
  expect(task).toMatchObject({ id, task: 'summarize', input: { text: 'hello' }, attempt: 1 });
  expect(headers).toMatchObject({ 'idempotency-key': id, 'nova-torch-token': String(task.token) });
  expect(calls).toHaveLength(1);
});

test('an agent that takes a task with 202 looks after it itself, and holds its place until it is over', async () => {
  const taken: Assignment[] = [];
  const { scheduler, submit } = await pushed(({ task, response }) => {
    taken.push(task);
    reply(response, 202);
  });
  const id = await submit();
  await expect.poll(() => taken.length).toBe(1);
  // What went well once is tried with one more.
  const second = await submitted(scheduler, 'k-2');
  await expect.poll(() => taken.length).toBe(2);
  const waiting = await submitted(scheduler, 'k-3');
  const agent = { fleet: FLEET, name: 'pod-7' };
  const [{ token } = fail(), other = fail()] = taken;
  for (let beat = 0; beat < 5; beat += 1) {
    const { tasks } = await scheduler.heartbeat(agent, [{ id, token }, other]);
    expect(tasks).toMatchObject([{ lease: 'held' }, { lease: 'held' }]);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  // Two slots by now: a third task waits although the others were handed over long ago.
  expect(taken.map((task) => task.id)).toEqual([id, second]);
  expect(await scheduler.task(waiting)).toMatchObject({ state: 'ready' });
  expect(await scheduler.complete({ id, token, agent }, 'done')).toMatchObject({ kind: 'settled' });
  await expect.poll(() => taken.map((task) => task.id)).toEqual([id, second, waiting]);
  expect(await scheduler.task(id)).toMatchObject({ state: 'succeeded', result: 'done' });
});

test('a fleet that takes what it is handed with 202 is handed more at once, although none of it has ended', async () => {
  const taken: string[] = [];
  const { submit, scheduler } = await pushed(({ task, response }) => {
    taken.push(task.id);
    reply(response, 202);
  }, PATIENT);
  const ids = [await submit(), await submitted(scheduler, 'k-2'), await submitted(scheduler, 'k-3')];
  // Well before any of them could end, and one more than the fleet's one slot.
  await expect.poll(() => taken, { timeout: 3000 }).toEqual(ids.slice(0, 2));
});

test('an agent that took a task and falls silent loses it to the next attempt', async () => {
  const taken: Assignment[] = [];
  const { scheduler, submit } = await pushed(({ task, response }) => {
    taken.push(task);
    if (taken.length === 1) reply(response, 202);
    else reply(response, 200, '"second"');
  });
  const id = await submit();
  expect(await view(scheduler, id, 'succeeded')).toMatchObject({ result: 'second' });
  const [first = fail(), second = fail()] = taken;
  expect(second.token).toBeGreaterThan(first.token);
  const late = await scheduler.complete({ id, token: first.token, agent: { fleet: FLEET, name: 'pod-7' } }, 'late');
  expect(late).toMatchObject({ kind: 'stale' });
});

test('a heartbeat that is under way when an agent takes over is the last of this scheduler’s', async () => {
  const store = memoryStore({ nowUs: () => Date.now() * 1000 });
  const beats: number[] = [];
  const slow: Store = {
    ...store,
    apply: async (shard, batch) => {
      const tokens = batch.operations.flatMap((operation) => (operation.op === 'heartbeat' ? [operation.token] : []));
      beats.push(...tokens);
      if (tokens.length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
      return store.apply(shard, batch);
    },
  };
  const { scheduler, submit } = await pushed(() => undefined, undefined, {
    store: slow,
    push: async (_, { token }) => {
      await expect.poll(() => beats, { interval: 5 }).toContain(token);
      return { status: 202, body: Buffer.alloc(0), isUnbegun: false };
    },
  });
  const id = await submit();
  // Its agent says nothing.
  await expect.poll(async () => (await scheduler.task(id))?.crashes, { timeout: 5000 }).toBe(1);
  expect(beats.filter((token) => token === beats[0])).toHaveLength(1);
});

test('a busy agent gets the task later, and no attempt is counted', async () => {
  let calls = 0;
  const { scheduler, submit } = await pushed(({ response }) => {
    calls += 1;
    if (calls === 1) reply(response, 429, '', { 'retry-after': '1' });
    else reply(response, 200, '1');
  });
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ attempts: 0, result: 1 });
});

test.each<[string, number, { state: TaskView['state']; attempts: number; calls: number }]>([
  ['400 is final', 400, { state: 'failed', attempts: 1, calls: 1 }],
  ['500 is tried again until attempts are over', 500, { state: 'dead', attempts: 3, calls: 3 }],
  ['a redirect leads nowhere', 302, { state: 'dead', attempts: 3, calls: 3 }],
])('%s', async (_, status, wanted) => {
  let calls = 0;
  const { scheduler, submit } = await pushed(({ response }) => {
    calls += 1;
    reply(response, status, 'no', { location: 'http://127.0.0.1:1/' });
  });
  const id = await submit();
  const { state, attempts } = await view(scheduler, id, wanted.state);
  expect({ state, attempts, calls }).toEqual(wanted);
});

test('an answer that is no JSON is a failed attempt, and one that never comes as well', async () => {
  let calls = 0;
  const { scheduler, submit } = await pushed(({ response }) => {
    calls += 1;
    if (calls === 1) reply(response, 200, 'not json');
    // The second call is left open; a third of the heartbeat later it is over.
    if (calls === 3) reply(response, 200, 'null');
  });
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ attempts: 2 });
  expect(calls).toBe(3);
});

test.for<readonly [what: string, body: string | Uint8Array, error: string, message: string]>([
  ['has 4,200 levels', '['.repeat(4200) + ']'.repeat(4200), 'InvalidResult', 'at most 32 levels'],
  ['has a name twice', '{"a":1,"a":2}', 'InvalidResult', 'the name "a" stands twice in an object'],
  [
    'means something to JavaScript',
    '{"__proto__":{"admin":true}}',
    'InvalidResult',
    'names like `__proto__` are not taken',
  ],
  ['is a number beyond all bounds', '1e400', 'InvalidResult', 'a number is beyond all bounds'],
  ['has half a character', '"\\ud800"', 'InvalidResult', 'a text has half a character'],
  ['loses digits', '{"n":9007199254740993}', 'InvalidResult', 'a whole number loses digits; send it as a string'],
  ['is not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'InvalidResult', 'the body is not UTF-8'],
  ['is too large', `"${'a'.repeat(65_535)}"`, 'ResultTooLarge', 'a result has at most 65536 bytes'],
])('an answer that %s is a failed attempt, as it is over HTTP', async ([, body, error, message]) => {
  const { scheduler, submit } = await pushed(
    ({ task, response }) => reply(response, 200, task.attempt > 1 ? '1' : body),
    {
      ...PATIENT,
      attempts: 1,
    },
  );
  const id = await submit();
  const state = error === 'InvalidResult' ? 'dead' : 'failed';
  expect(await view(scheduler, id, state)).toMatchObject({ reason: error, result: { error, message } });
});

test('what an agent says of its failure is text, whatever its bytes are', async () => {
  const body = Buffer.concat([Buffer.from('a'.repeat(999)), Buffer.from('😀'), Buffer.alloc(200_000, 0xff)]);
  const { scheduler, submit } = await pushed(({ response }) => reply(response, 400, body), PATIENT);
  const { result } = await view(scheduler, await submit(), 'failed');
  expect(result).toEqual({ error: 'Http400', message: `${'a'.repeat(999)}\ufffd` });
});

test('a call that breaks ends neither the scheduler nor the calls of other tasks', async () => {
  const told: string[] = [];
  const { scheduler, submit } = await pushed(({ response }) => reply(response, 200, '1'), PATIENT, {
    push: (url, task, signal) => {
      if (task.input['text'] === 'bad') throw new TypeError('this is a mistake');
      return httpCall(url, task, signal);
    },
    observer: { warning: (message, { because }) => told.push(`${message}: ${because}`) },
  });
  await scheduler.submit(submission('k-0', { text: 'bad' }));
  await expect
    .poll(() => told)
    .toEqual(['a call of a push agent broke for a reason of ours: TypeError: this is a mistake']);
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ result: 1 });
});

test('the call of a task that is cancelled ends', async () => {
  let closed = false;
  const { scheduler, submit } = await pushed(
    ({ response }) => {
      response.on('close', () => {
        closed = true;
      });
    },
    { heartbeatMs: 6000, runMs: 60_000 },
  );
  const id = await submit();
  await view(scheduler, id, 'running');
  await scheduler.cancel(id, 'not needed');
  await expect.poll(() => closed, { timeout: 5000 }).toBe(true);
  expect(await view(scheduler, id, 'cancelled')).toMatchObject({ state: 'cancelled' });
});

test('a scheduler that ends waits for the answers of those it has called: none of them is called again', async () => {
  const calls: Call[] = [];
  const { scheduler, store, start, end } = await pushed(
    (call) => {
      calls.push(call);
      setTimeout(() => reply(call.response, 200, `"${call.task.id}"`), 400);
    },
    PATIENT,
    { slots: 4 },
  );
  const ids = await Promise.all([1, 2, 3, 4].map((n) => submitted(scheduler, `k-${n}`)));
  await expect.poll(() => calls.length).toBe(4);
  const late = await submitted(scheduler, 'late');
  await end();
  expect(calls).toHaveLength(4);
  // Their ends are in the journal.
  store.wipe?.();
  const again = await start();
  await view(again, late, 'succeeded');
  const states = await Promise.all(ids.map((id) => again.task(id)));
  expect(states).toMatchObject(ids.map((id) => ({ state: 'succeeded', result: id })));
  expect(calls.map(({ task }) => task.id).sort()).toEqual([...ids, late].sort());
});

test('one that leaves begins no more calls, and another call is awaited when it ends', async () => {
  const calls: Call[] = [];
  const { scheduler, start, end, submit } = await pushed((call) => void calls.push(call), PATIENT, { slots: 4 });
  const id = await submit();
  await expect.poll(() => calls.length).toBe(1);
  scheduler.leave();
  const other = await submitted(scheduler, 'k-2');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(calls).toHaveLength(1);
  expect(await scheduler.task(other)).toMatchObject({ state: 'ready' });
  const closed = end();
  reply((calls[0] ?? fail()).response, 200, '1');
  await closed;
  expect(await (await start()).task(id)).toMatchObject({ state: 'succeeded', result: 1 });
});

test.for<readonly [effects: 'idempotent' | 'external', what: string, calls: number]>([
  ['idempotent', 'is begun again at once', 2],
  ['external', 'stays with the agent that may be at work', 1],
])('a call that a scheduler no longer waits for is cut; a task with effects %s %s', async ([effects, , wanted]) => {
  const calls: Call[] = [];
  let cut = 0;
  const { start, end, submit } = await pushed(
    (call) => {
      calls.push(call);
      call.response.on('close', () => (cut += 1));
    },
    { ...PATIENT, effects },
  );
  const id = await submit();
  await expect.poll(() => calls.length).toBe(1);
  await end(50);
  await expect.poll(() => cut).toBe(1);
  const again = await start();
  await expect.poll(async () => (await again.task(id))?.state).toBe('running');
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await again.task(id)).toMatchObject({ state: 'running', attempts: 0, crashes: 0 });
  expect(calls).toHaveLength(wanted);
});

test('a task that its agent looks after is not waited for, and is its agent’s still after a restart', async () => {
  const taken: Assignment[] = [];
  const { start, end, submit } = await pushed(({ task, response }) => {
    taken.push(task);
    reply(response, 202);
  }, PATIENT);
  const id = await submit();
  await expect.poll(() => taken.length).toBe(1);
  const begun = performance.now();
  await end();
  expect(performance.now() - begun).toBeLessThan(2000);
  const again = await start();
  const run = { id, token: (taken[0] ?? fail()).token, agent: { fleet: FLEET, name: 'pod-7' } };
  expect(await again.complete(run, 'done')).toMatchObject({ kind: 'settled' });
  expect(taken).toHaveLength(1);
});

test('a fleet that asks for work itself for a while is called again when the table says so', async () => {
  const calls: string[] = [];
  const { scheduler, tables, submit } = await pushed(({ task, response }) => {
    calls.push(task.id);
    reply(response, 200, '1');
  }, PATIENT);
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ result: 1 });
  for (const round of ['a', 'b']) {
    scheduler.use(tables.pull);
    const pulled = await submitted(scheduler, `pulled ${round}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(calls).not.toContain(pulled);
    const { tasks } = await pollOnce(scheduler);
    expect(tasks.map(({ id }) => id)).toEqual([pulled]);
    const [{ id, token } = fail()] = tasks;
    await scheduler.complete({ id, token, agent: AGENT }, 'pulled');

    scheduler.use(tables.push);
    const again = await submitted(scheduler, `pushed ${round}`);
    expect(await view(scheduler, again, 'succeeded')).toMatchObject({ result: 1 });
  }
});

test('another address and other slots hold at once', async () => {
  const calls: Call[] = [];
  const { scheduler, tables } = await pushed((call) => void calls.push(call), PATIENT);
  await submitted(scheduler, 'k-0');
  await expect.poll(() => calls.length).toBe(1);
  scheduler.use(tables.elsewhere);
  for (const key of ['k-1', 'k-2', 'k-3']) await submitted(scheduler, key);
  await expect.poll(() => calls.length).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 150));
  // Three at once, with the one that is still under way where the fleet was.
  const paths = ['POST /v1/tasks', 'POST /v1/tasks/elsewhere', 'POST /v1/tasks/elsewhere'];
  expect(calls.map(({ path }) => path)).toEqual(paths);
});

test('the scheduler that calls a push fleet cannot be drained, and goes on when an agent of its name was', async () => {
  const { scheduler, tables, submit } = await pushed(({ response }) => reply(response, 200, '1'), PATIENT);
  const agent = { fleet: FLEET, name: 'push-s-0' };
  await expect.poll(() => scheduler.agents(FLEET)).toHaveLength(1);
  expect(await scheduler.drainAgent(agent)).toBe(false);
  scheduler.use(tables.pull);
  await scheduler.poll(agent, { build: 'v1', slots: 1, free: 1, waitMs: 0 }, AbortSignal.timeout(1000));
  expect(await scheduler.drainAgent(agent)).toBe(true);
  expect(await scheduler.heartbeat(agent, [])).toMatchObject({ drain: true });
  scheduler.use(tables.push);
  expect(await scheduler.heartbeat(agent, [])).toMatchObject({ drain: false });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(scheduler.agents(FLEET)).toMatchObject([{ draining: false }]);
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ result: 1 });
});

function fail(): never {
  throw new Error('the agent was not called');
}

test('the scheduler that calls a push fleet is none of its agents; its slots are those of the fleet', async () => {
  const { scheduler } = await pushed(({ response }) => response.writeHead(200).end('{}'));
  await expect
    .poll(() => scheduler.gauges().find((one) => one.fleet === FLEET))
    .toMatchObject({ agents: { idle: 0, busy: 0, draining: 0, lost: 0 }, slots: { busy: 0, free: 1 } });
});
