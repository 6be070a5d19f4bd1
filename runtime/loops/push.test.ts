import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Assignment, TaskView } from '../../spec/contract/protocol.ts';
import { httpCall } from './push.ts';
import type { RunningScheduler } from './scheduler.ts';
import { accept, Bench, fleet, submission, table } from './testing/bench.ts';

const FLEET = 'research/summarizer';
let bench = new Bench();
let close = (): unknown => undefined;
afterEach(async () => {
  await close();
  await bench.close();
});

interface Call {
  readonly task: Assignment;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly response: ServerResponse;
}

/** A push fleet whose agent is a real server, and a scheduler that calls it. */
async function pushed(answer: (call: Call) => void, changes: Parameters<typeof accept>[0] = {}) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const task = JSON.parse(Buffer.concat(parts).toString()) as Assignment;
      answer({ task, path: `${request.method} ${request.url}`, headers: request.headers, response });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1/tasks`;
  const accepts = {
    summarize: accept({ heartbeatMs: 900, backoff: { firstMs: 5, factor: 2, maxMs: 20, jitter: 'none' }, ...changes }),
  };
  bench = new Bench();
  const scheduler = await bench.start('s-0', {
    push: httpCall,
    table: table({ fleets: { [FLEET]: fleet({ delivery: 'push', url, slots: 1, accepts }) } }),
  });
  return { scheduler, submit: () => submitted(scheduler) };
}

/** A lease that outlasts a machine with other work. */
const PATIENT = { heartbeatMs: 20_000 };

async function submitted(scheduler: RunningScheduler, key = 'k-1'): Promise<string> {
  const outcome = await scheduler.submit(submission(key, { text: 'hello' }));
  if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
  return outcome.response.id;
}

async function view(scheduler: RunningScheduler, id: string, state: TaskView['state']): Promise<TaskView> {
  for await (const event of scheduler.events(id, 0, AbortSignal.timeout(10_000))) if (event.state === state) break;
  const task = await scheduler.task(id);
  if (task === undefined) throw new Error('the task is gone');
  return task;
}

function reply(response: ServerResponse, status: number, body = '', headers = {}): void {
  response.writeHead(status, headers);
  response.end(body);
}

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
  const waiting = await submitted(scheduler, 'k-2');
  const agent = { fleet: FLEET, name: 'pod-7' };
  const { token } = taken[0] ?? fail();
  for (let beat = 0; beat < 5; beat += 1) {
    expect(await scheduler.heartbeat(agent, [{ id, token }])).toMatchObject({ tasks: [{ lease: 'held' }] });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  // One slot: a second task waits although the first was handed over long ago.
  expect(taken.map((task) => task.id)).toEqual([id]);
  expect(await scheduler.task(waiting)).toMatchObject({ state: 'ready' });
  expect(await scheduler.complete({ id, token, agent }, 'done')).toMatchObject({ kind: 'settled' });
  await expect.poll(() => taken.map((task) => task.id)).toEqual([id, waiting]);
  expect(await scheduler.task(id)).toMatchObject({ state: 'succeeded', result: 'done' });
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

function fail(): never {
  throw new Error('the agent was not called');
}

test('the scheduler that calls a push fleet is none of its agents; its slots are those of the fleet', async () => {
  const { scheduler } = await pushed(({ response }) => response.writeHead(200).end('{}'));
  await expect
    .poll(() => scheduler.gauges().find((one) => one.fleet === FLEET))
    .toMatchObject({ agents: { idle: 0, busy: 0, draining: 0, lost: 0 }, slots: { busy: 0, free: 1 } });
});
