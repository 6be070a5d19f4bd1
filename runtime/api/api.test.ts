import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApi } from './openapi.ts';
import { OPERATIONS } from './operations.ts';
import { PROBLEMS } from './problems.ts';
import { served, tokenOf, type Served } from './testing/served.ts';

let api: Served;
beforeAll(async () => {
  api = await served({ limits: { bodyBytes: 20_000 } });
});
afterAll(async () => {
  await api.close();
});

const SUBMITTER = tokenOf(['submitter'], { tenant: 'research' });
const OTHER = tokenOf(['submitter'], { tenant: 'sales' });
const AGENT = tokenOf(['agent'], { tenant: 'research', fleet: 'research/summarizer' });
const OPERATOR = tokenOf(['operator']);

async function submitted(key: string): Promise<{ readonly id: string }> {
  const options = { as: SUBMITTER, headers: { 'idempotency-key': key }, body: { task: 'summarize', input: { key } } };
  return (await api.request('POST', '/v1/tasks', options)).json() as Promise<{ id: string }>;
}

async function problemOf(response: Response): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  return response.json();
}

test('a task goes over HTTP from its submitter to an agent and back, and its events say so', async () => {
  const options = {
    as: SUBMITTER,
    headers: { 'idempotency-key': 'way' },
    body: { task: 'summarize', input: { a: 1 } },
  };
  const first = await api.request('POST', '/v1/tasks', options);
  expect(first.status).toBe(201);
  const { id } = (await first.json()) as { id: string };
  const again = await api.request('POST', '/v1/tasks', options);
  expect([again.status, await again.json()]).toEqual([200, expect.objectContaining({ id, duplicate: 'repeated' })]);
  const watching = api.request('GET', `/v1/tasks/${id}/events`, { as: SUBMITTER });

  const hello = await api.request('POST', '/v1/agents', { as: AGENT, body: { name: 'a-1', slots: 1 } });
  expect(await hello.json()).toMatchObject({ agent: 'a-1', fleet: 'research/summarizer', build: 'v1' });
  const poll = await api.request('POST', '/v1/agents/research/summarizer/a-1/poll', {
    as: AGENT,
    body: { build: 'v1', slots: 1, free: 1, waitMs: 5000 },
  });
  const { tasks } = (await poll.json()) as { tasks: { id: string; token: number; input: unknown }[] };
  expect(tasks).toMatchObject([{ id, input: { a: 1 } }]);
  const token = tasks[0]?.token ?? 0;
  const beat = await api.request('POST', '/v1/agents/research/summarizer/a-1/heartbeat', {
    as: AGENT,
    body: { tasks: [{ id, token }] },
  });
  expect(await beat.json()).toMatchObject({ tasks: [{ id, lease: 'held', cancel: false }], drain: false });
  const done = await api.request('POST', `/v1/tasks/${id}/complete`, {
    as: AGENT,
    body: { agent: 'a-1', token, result: { text: 'short' } },
  });
  expect(await done.json()).toEqual({ id, state: 'succeeded', repeated: false });
  const late = await api.request('POST', `/v1/tasks/${id}/complete`, {
    as: AGENT,
    body: { agent: 'a-1', token: token + 1 },
  });
  expect([late.status, await problemOf(late)]).toEqual([
    409,
    expect.objectContaining({ detail: 'the task is succeeded' }),
  ]);

  const view = await api.request('GET', `/v1/tasks/${id}`, { as: SUBMITTER });
  expect(await view.json()).toMatchObject({ state: 'succeeded', result: { text: 'short' } });
  const states = [...(await (await watching).text()).matchAll(/"state":"(\w+)"/g)].map(([, state]) => state);
  expect(states.at(-1)).toBe('succeeded');
  expect(api.audited.map(({ action, outcome }) => `${action} ${outcome}`)).toContain('task:submit done');
});

test('every operation is refused to nobody and to strangers', async () => {
  for (const { id, method, path, body } of OPERATIONS) {
    const sent = body === undefined ? {} : { body: {} };
    expect((await api.request(method, path, sent)).status, id).toBe(401);
    expect((await api.request(method, path, { ...sent, as: 'nonsense' })).status, id).toBe(401);
  }
});

test("another team's task is not there, and another fleet's agent has no say", async () => {
  const { id } = await submitted('mine');
  for (const path of [`/v1/tasks/${id}`, `/v1/tasks/${id}/why`, `/v1/tasks/${id}/events`]) {
    expect((await api.request('GET', path, { as: OTHER })).status).toBe(404);
    expect((await api.request('GET', path.replace('/events', ''), { as: OPERATOR })).status).toBe(200);
  }
  expect((await api.request('POST', `/v1/tasks/${id}/cancel`, { as: OTHER, body: {} })).status).toBe(404);
  const foreign = tokenOf(['agent'], { fleet: 'research/backup' });
  const poll = { as: foreign, body: { build: 'v1', slots: 1, free: 1, waitMs: 0 } };
  expect((await api.request('POST', '/v1/agents/research/summarizer/a-1/poll', poll)).status).toBe(404);
  const page = await api.request('GET', '/v1/tasks?fleet=research%2Fsummarizer', { as: OTHER });
  expect(await page.json()).toMatchObject({ tasks: [] });
  const why = await api.request('GET', `/v1/tasks/${id}/why`, { as: SUBMITTER });
  expect(await why.json()).toMatchObject({ id, state: 'ready', says: expect.any(String) as unknown });
  const cancelled = await api.request('POST', `/v1/tasks/${id}/cancel`, { as: SUBMITTER, body: { reason: 'no-need' } });
  expect(await cancelled.json()).toMatchObject({ asked: false, task: { state: 'cancelled', reason: 'no-need' } });
});

test('what is malformed is refused with its place, and changes nothing', async () => {
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    api.request('POST', '/v1/tasks', { as: SUBMITTER, body, headers });
  expect(await problemOf(await post({ task: 'summarize', tenant: 'sales' }))).toMatchObject({
    type: 'https://nova-torch.dev/problems/invalid-body',
    status: 422,
    errors: [{ pointer: '/tenant', detail: 'there is no such field' }],
  });
  expect(await problemOf(await post('{"task":'))).toMatchObject({ status: 400, detail: 'the body is not JSON' });
  expect(await problemOf(await post(nested(40)))).toMatchObject({ status: 400, detail: 'at most 32 levels' });
  const wide = { task: 'summarize', input: Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`k${at}`, 1])) };
  expect(await problemOf(await post(wide))).toMatchObject({ status: 400, detail: 'at most 1000 keys' });
  expect(await problemOf(await post({ task: 'summarize', input: { text: 'x'.repeat(30_000) } }))).toMatchObject({
    status: 413,
  });
  expect(await problemOf(await post({ task: 'nothing' }))).toMatchObject({
    status: 422,
    title: 'No route takes this task',
  });
  expect(await problemOf(await post({ task: 'summarize' }, { 'content-type': 'text/plain' }))).toMatchObject({
    status: 415,
  });
  expect(await problemOf(await post({ task: 'summarize' }, { 'content-encoding': 'gzip' }))).toMatchObject({
    status: 415,
  });
  expect(await problemOf(await post({ task: 'summarize' }, { 'idempotency-key': 'x y' }))).toMatchObject({
    status: 400,
  });
  await submitted('once');
  const other = { task: 'summarize', input: { key: 'other' } };
  expect(await problemOf(await post(other, { 'idempotency-key': 'once' }))).toMatchObject({ status: 409 });
  const unknown = await api.request('GET', '/v1/tasks?fleet=research%2Fsummarizer&of=all', { as: OPERATOR });
  expect(await problemOf(unknown)).toMatchObject({ status: 400, detail: '`of` is open, dead or finished' });
  expect((await api.request('GET', '/nothing', { as: OPERATOR })).status).toBe(404);
  expect(api.faults).toEqual([]);
});

test('operators see and steer fleets', async () => {
  const fleet = '/v1/fleets/research/summarizer';
  expect(
    await (await api.request('POST', `${fleet}/pause`, { as: OPERATOR, body: { reason: 'maintenance' } })).json(),
  ).toEqual({
    done: true,
  });
  const paused = { paused: true, pausedSince: expect.stringMatching(/^20\d\d-.*Z$/) as string };
  const view = async () => (await api.request('GET', fleet, { as: OPERATOR })).json();
  expect(await view()).toMatchObject({ ...paused, pausedReason: 'maintenance' });
  const { id } = await submitted('paused');
  const why = await api.request('GET', `/v1/tasks/${id}/why`, { as: SUBMITTER });
  expect(await why.json()).toMatchObject({
    says: 'research/summarizer is paused: maintenance',
    nearest: 'nova-torch fleet resume research/summarizer',
  });
  await api.request('POST', `${fleet}/resume`, { as: OPERATOR });
  expect(Object.keys((await view()) as object)).not.toContain('pausedSince');
  expect(await view()).toMatchObject({ paused: false });
  const long = await api.request('POST', `${fleet}/pause`, { as: OPERATOR, body: { reason: 'ü'.repeat(201) } });
  expect([long.status, await problemOf(long)]).toMatchObject([422, { errors: [{ pointer: '/reason' }] }]);
  expect(await view()).toMatchObject({ paused: false });
  const reason = `${'„ü|%/👍“ '.repeat(25).trim()}!`;
  await api.request('POST', `${fleet}/pause`, { as: OPERATOR, body: { reason } });
  expect(await view()).toMatchObject({ ...paused, pausedReason: reason });
  await api.request('POST', `${fleet}/resume`, { as: OPERATOR });
  await api.request('POST', `${fleet}/pause`, { as: OPERATOR, body: {} });
  expect(await view()).toMatchObject(paused);
  expect(Object.keys((await view()) as object)).not.toContain('pausedReason');
  await api.request('POST', `${fleet}/resume`, { as: OPERATOR });
  expect((await api.request('POST', '/v1/fleets/no/where/pause', { as: OPERATOR, body: {} })).status).toBe(404);
  expect(await (await api.request('GET', '/v1/status', { as: OPERATOR })).json()).toMatchObject({
    ready: true,
    store: 'up',
    table: api.scheduler.status().table.digest,
    tableVersion: 1,
  });
});

test('the document describes exactly what is served', async () => {
  const response = await fetch(`${api.api.url}/openapi.json`);
  const document = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  expect(document).toEqual(JSON.parse(JSON.stringify(openApi('0.0.0-test'))));
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(OPERATIONS.map(({ method, path }) => `${method} ${path}`).sort());
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name = '']) => name,
  );
  const { schemas } = (document as unknown as { components: { schemas: Record<string, unknown> } }).components;
  expect(references.filter((name) => !Object.hasOwn(schemas, name))).toEqual([]);
});

test('who sends headers slowly holds nothing', { timeout: 20_000 }, async () => {
  const { port } = new URL(api.api.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('POST /v1/tasks HTTP/1.1\r\nhost: x\r\n');
  const began = performance.now();
  const text = await new Promise<string>((resolve) => {
    let heard = '';
    socket.on('data', (data) => {
      heard += data.toString();
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', () => resolve(heard));
  });
  expect(text).toContain('408');
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('health and metrics are on a port of their own', async () => {
  const get = async (path: string, method = 'GET'): Promise<readonly [number, string]> => {
    const response = await fetch(`${api.api.opsUrl}${path}`, { method });
    return [response.status, await response.text()];
  };
  expect(await get('/healthz/live')).toEqual([200, 'alive\n']);
  expect(await get('/healthz/ready')).toEqual([200, 'ready\n']);
  expect(await get('/metrics')).toEqual([200, '# nothing\n']);
  expect((await get('/metrics', 'POST'))[0]).toBe(405);
  expect((await get('/v1/tasks'))[0]).toBe(404);
});

test('each problem has a status and a title of its own', () => {
  const titles = Object.values(PROBLEMS).map(([, title]) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return { task: 'summarize', input: value };
}
