import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import { freePort } from './testing/free-port.ts';
import { serveAgent } from './serve-agent.ts';

let close = (): Promise<void> => Promise.resolve();
const uncaught: unknown[] = [];
const note = (error: unknown): unknown => uncaught.push(error);
afterEach(async () => {
  process.off('unhandledRejection', note);
  await close();
});

/** The server of an agent that takes all it is given. */
async function agent(take: (task: Assignment) => boolean = () => true) {
  uncaught.length = 0;
  process.on('unhandledRejection', note);
  const [port, metricsPort] = [await freePort(), await freePort()];
  const taken: Assignment[] = [];
  close = await serveAgent({
    port,
    metricsPort,
    state: () => ({ phase: 'running', slots: 9, busy: taken.length }),
    drain: () => Promise.resolve(),
    take: (task) => {
      taken.push(task);
      return take(task);
    },
    listen: () => undefined,
  });
  const post = async (body: string, path = '/v1/tasks', type = 'application/json') => {
    const url = `http://127.0.0.1:${port}${path}`;
    return (await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })).status;
  };
  return { port, taken, post };
}

const TASK = {
  ...{ id: 't-1', token: 1, task: 'summarize', tenant: 'web', labels: {}, input: {}, attempt: 1, priority: 'normal' },
  ...{ heartbeatMs: 9000, leasedUntil: '2026-01-01T00:00:09Z', dueAt: '2026-01-01T00:01:00Z' },
};

/** Sends the beginning of a request, and breaks the connection. */
async function breakWithin(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.resetAndDestroy();
  await once(socket, 'close');
}

test('a connection that breaks within a task, or before it, ends nothing', async () => {
  const { port, post, taken } = await agent();
  const head = 'POST /v1/tasks HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n';
  for (const bytes of ['POST /', head, `${head}{"id":`, 'nothing of HTTP\r\n\r\n']) await breakWithin(port, bytes);
  expect(await post(JSON.stringify(TASK))).toBe(202);
  expect(taken).toEqual([TASK]);
  expect(uncaught).toEqual([]);
});

test('what is no task is refused, and what is too large as that', async () => {
  const { post, taken } = await agent();
  for (const body of ['', '{', 'null', '7', '[]', '{}', '{"id":1,"token":1}']) expect(await post(body)).toBe(400);
  for (const part of [{ token: '1' }, { task: 1 }, { input: null }, { heartbeatMs: 0 }, { dueAt: 'soon' }])
    expect(await post(JSON.stringify({ ...TASK, ...part }))).toBe(400);
  expect(await post(JSON.stringify({ ...TASK, input: { text: 'x'.repeat(5_000_000) } }))).toBe(413);
  expect(await post(JSON.stringify(TASK), '/v1/tasks/%zz')).toBe(404);
  expect(await post('a=b', '/v1/tasks', 'application/x-www-form-urlencoded')).toBe(400);
  expect(taken).toEqual([]);
  expect(uncaught).toEqual([]);
});

test('when something fails in the agent itself, the scheduler is told to try again', async () => {
  const { post } = await agent(() => {
    throw new Error('a log that cannot be written');
  });
  expect(await post(JSON.stringify(TASK))).toBe(500);
  expect(uncaught).toEqual([]);
});
