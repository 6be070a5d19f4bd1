import { EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Bench, table } from '../loops/testing/bench.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { devAuthenticator } from './authenticators.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { opsServer } from './ops-server.ts';
import { startApi } from './start-api.ts';
import { answersIn, overTheWire } from './testing/raw.ts';
import { served, tokenOf, type Served, type ServedOptions } from './testing/served.ts';
import { Waiters } from './waiters.ts';

const SUBMITTER = tokenOf(['submitter'], { tenant: 'research' });
const open: Served[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

async function start(options: ServedOptions = {}): Promise<Served> {
  const api = await served(options);
  open.push(api);
  return api;
}

test('health and metrics have a port of their own, and nothing else is there', async () => {
  const { api } = await start();
  const said = async (method: string, path: string): Promise<unknown> => {
    const answer = await fetch(`${api.opsUrl}${path}`, { method });
    return [answer.status, await answer.text()];
  };
  expect(await said('GET', '/healthz/live')).toEqual([200, 'alive\n']);
  expect(await said('GET', '/healthz/ready?verbose')).toEqual([200, 'ready\n']);
  expect(await said('GET', '/metrics')).toEqual([200, '# nothing\n']);
  expect(await said('GET', '/v1/tasks')).toMatchObject([404, expect.stringContaining('/healthz')]);
  expect(await said('POST', '/metrics')).toEqual([405, 'GET only\n']);
});

test('a scheduler that ends is not ready, and metrics that cannot be read are our fault', async () => {
  const faults: unknown[] = [];
  const server = opsServer({
    scheduler: { status: () => ({ ready: false }) as never },
    metrics: () => Promise.reject(new Error('no metrics')),
    contentType: 'text/plain',
    limits: DEFAULT_LIMITS,
    onFault: (error, id) => faults.push(id, error),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect((await fetch(`http://127.0.0.1:${port}/healthz/ready`)).status).toBe(503);
  const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect([metrics.status, await metrics.text()]).toEqual([500, 'metrics cannot be read\n']);
  expect(faults).toMatchObject(['metrics', { message: 'no metrics' }]);
  await new Promise((resolve) => server.close(resolve));
});

test('however many scrapes come at once, metrics are made once, and a connection has no more than four of them', async () => {
  let made = 0;
  const server = opsServer({
    scheduler: { status: () => ({ ready: true }) as never },
    metrics: async () => {
      made += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return 'x'.repeat(1000);
    },
    contentType: 'text/plain',
    limits: DEFAULT_LIMITS,
    onFault: () => undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const scrapes = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000);
  const heard = await Promise.all(
    [1, 2].map(() => overTheWire(`http://127.0.0.1:${port}`, [scrapes], { waitMs: 4000 })),
  );
  const statuses = heard.map((text) => [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status)));
  expect(statuses).toEqual([
    [200, 200, 200, 200, 429],
    [200, 200, 200, 200, 429],
  ]);
  expect(made).toBe(1);
  const expecting = 'GET /metrics HTTP/1.1\r\nHost: a\r\nExpect: anything\r\n\r\n';
  expect(await overTheWire(`http://127.0.0.1:${port}`, [expecting], { waitMs: 4000 })).toMatch(/^HTTP\/1\.1 417 /);
  await new Promise((resolve) => server.close(resolve));
});

test('who sends half of a request to health and metrics is cut off, and the end does not wait for it', async () => {
  const half = 'GET /metrics HTTP/1.1\r\n';
  const server = opsServer({
    scheduler: { status: () => ({ ready: true }) as never },
    metrics: () => Promise.resolve(''),
    contentType: 'text/plain',
    limits: DEFAULT_LIMITS,
    onFault: () => undefined,
  });
  server.headersTimeout = 200;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const [answer] = answersIn(await overTheWire(`http://127.0.0.1:${port}`, [half], { waitMs: 4000 }));
  expect(answer?.status).toBe(408);
  await new Promise((resolve) => server.close(resolve));

  const api = await served();
  const { hostname, port: opsPort } = new URL(api.api.opsUrl);
  const socket = connect(Number(opsPort), hostname, () => socket.write(half));
  socket.on('error', () => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const begunMs = performance.now();
  const timer = setTimeout(() => socket.destroy(), 3000);
  await api.close();
  clearTimeout(timer);
  expect(performance.now() - begunMs).toBeLessThan(2000);
});

test('the development token is not open to the network', async () => {
  const authenticators = [devAuthenticator('token')];
  await expect(
    startApi({ host: '0.0.0.0', authenticators } as unknown as Parameters<typeof startApi>[0]),
  ).rejects.toThrow('the development token is for loopback only, and the API listens on 0.0.0.0');
});

test('one that leaves asks every caller to connect anew elsewhere', async () => {
  const api = await start({ leaving: () => true });
  expect((await api.request('GET', '/openapi.json')).headers.get('connection')).toBe('close');
  const staying = await start();
  expect((await staying.request('GET', '/openapi.json')).headers.get('connection')).not.toBe('close');
});

test('a stream that breaks ends, and only a fault of ours is told as one', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const broken = { is: false };
  const bench = new Bench(['s-0'], memory);
  const api = await start({ bench });
  const headers = { 'idempotency-key': 'k-1' };
  const submitted = await api.request('POST', '/v1/tasks', { as: SUBMITTER, headers, body: { task: 'summarize' } });
  const { id } = (await submitted.json()) as { id: string };
  const { scheduler } = api;
  Object.assign(scheduler, {
    events: async function* events() {
      yield { seq: 1, at: new Date().toISOString(), state: 'ready' };
      broken.is = true;
      throw new Error('the stream broke');
    },
  });
  const stream = await api.request('GET', `/v1/tasks/${id}/events`, { as: SUBMITTER });
  expect(await stream.text()).toContain('id: 1\n');
  expect([broken.is, api.faults]).toMatchObject([true, [{ message: 'the stream broke' }]]);
});

test('whoever waits is told when the connection goes, also when it is gone before', () => {
  const waiters = new Waiters();
  const socket = Object.assign(new EventEmitter(), { destroyed: false }) as unknown as Socket;
  const [one, two] = [waiters.enter(socket), waiters.enter(socket)];
  waiters.leave(socket, one);
  socket.emit('close');
  expect([one.signal.aborted, two.signal.reason]).toEqual([false, 'gone']);
  waiters.leave(socket, two);
  const dead = Object.assign(new EventEmitter(), { destroyed: true }) as unknown as Socket;
  expect(waiters.enter(dead).signal.reason).toBe('gone');
  waiters.leave(new EventEmitter() as unknown as Socket, one);
  const kept = Object.assign(new EventEmitter(), { destroyed: false }) as unknown as Socket;
  const poll = waiters.enter(kept);
  waiters.leave(kept, poll);
  expect([waiters.enter(kept) === poll, waiters.enter(kept) === poll]).toEqual([true, false]);
  waiters.close();
  expect(poll.signal.reason).toBe('closing');
  waiters.leave(kept, poll);
  // Behind those that were told stands one that nobody knew of then.
  expect(waiters.enter(kept).signal.reason).toBe('closing');
});

/** Everything that comes back, until the connection ends. */
function exchanged(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let back = '';
    socket.on('data', (data: Buffer) => {
      back += data.toString();
    });
    socket.once('close', () => resolve(back));
    socket.once('error', () => resolve(back));
  });
}

test('bytes that are no request behind one that is never stand within its answer', async () => {
  const api = await start();
  const good = 'GET /openapi.json HTTP/1.1\r\nhost: a\r\n\r\n';
  const back = await exchanged(api.api.url, `${good}nonsense\r\n\r\n`);
  expect(back.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  const half =
    'POST /v1/tasks HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n';
  expect(await exchanged(api.api.url, half)).toMatch(/^HTTP\/1\.1 40[01] /);
  const extension = half
    .replace('zz', `1;${'x'.repeat(20_000)}`)
    .replace('host: a', 'host: a\r\nauthorization: Bearer dev-token');
  expect(await exchanged(api.api.url, extension)).toMatch(/^HTTP\/1\.1 413 /);
  expect(await exchanged(api.api.url, 'CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n')).toContain('HTTP/1.1 405');
  expect(await exchanged(api.api.url, 'GET / HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n')).toContain('HTTP/1.1 400');
});

test('an address of IPv6 is written as a URL has it', async () => {
  const bench = new Bench();
  const api = await startApi({
    scheduler: await bench.start(),
    table: () => table(),
    authenticators: [devAuthenticator('dev-token')],
    audit: { record: () => undefined },
    version: '0',
    nowMs: () => Date.now(),
    onUnasked: () => undefined,
    onFault: () => undefined,
    limits: DEFAULT_LIMITS,
    metrics: () => Promise.resolve(''),
    contentType: 'text/plain',
    ...{ host: '::1', port: 0, opsHost: '::1', opsPort: 0 },
  });
  expect([api.url, api.opsUrl]).toEqual([
    expect.stringMatching(/^http:\/\/\[::1\]:\d+$/),
    expect.stringContaining('[::1]'),
  ]);
  expect((await fetch(`${api.url}/openapi.json`)).status).toBe(200);
  await api.close();
  await bench.close();
});
