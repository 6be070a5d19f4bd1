import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { route, table } from '../loops/testing/bench.ts';
import { PROBLEM_BASE } from './problems.ts';
import { answersIn, overTheWire, type RawAnswer } from './testing/raw.ts';
import { served, tokenOf, type Served } from './testing/served.ts';

let api: Served;
beforeAll(async () => {
  api = await served({ limits: { headersMs: 300, requestMs: 600 } });
});
afterAll(async () => {
  await api.close();
});

const TOKEN = `authorization: Bearer ${tokenOf(['submitter'], { tenant: 'research' })}\r\n`;
const POST = `POST /v1/tasks HTTP/1.1\r\nhost: x\r\n${TOKEN}content-type: application/json\r\n`;
const STATUS = `GET /v1/status HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\n`;
const END = 'connection: close\r\n';

async function answered(...parts: readonly string[]): Promise<readonly RawAnswer[]> {
  return answersIn(await overTheWire(api.api.url, parts));
}

function kindOf({ status, headers, body }: RawAnswer): string {
  if (status < 400) return String(status);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = JSON.parse(body) as { readonly type: string; readonly status: number; readonly instance: string };
  expect(problem.status).toBe(status);
  const lines = api.audited.filter(({ requestId }) => `urn:request:${requestId}` === problem.instance);
  expect(lines.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`)).toEqual([
    `refused ${problem.type.slice(PROBLEM_BASE.length)}`,
  ]);
  return `${status} ${problem.type.slice(PROBLEM_BASE.length)}`;
}

const CHUNKED = `${POST}transfer-encoding: chunked\r\n\r\n`;

test.for<readonly [about: string, parts: readonly string[], answers: readonly string[]]>([
  ['bytes that are not HTTP', ['\u0000\u0001\u0002 nonsense\r\n\r\n'], ['400 bad-request']],
  ['a TLS greeting', ['\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'], ['400 bad-request']],
  ['no host', ['GET /v1/status HTTP/1.1\r\nconnection: close\r\n\r\n'], ['400 bad-request']],
  ['two hosts', [`GET /v1/status HTTP/1.1\r\nhost: x\r\nHost: y\r\n${TOKEN}${END}\r\n`], ['400 bad-request']],
  ['two tokens', [`GET /v1/status HTTP/1.1\r\nhost: x\r\n${TOKEN}${TOKEN}${END}\r\n`], ['400 bad-request']],
  ['a header without a colon', ['GET / HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n'], ['400 bad-request']],
  ['half a header', [`${POST}x: `], ['408 too-slow']],
  ['half a body', [`${POST}content-length: 50\r\n\r\n{"task"`], ['408 too-slow']],
  ['a length and chunks', [`${POST}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`], ['400 bad-request']],
  ['two lengths', [`${POST}content-length: 3\r\ncontent-length: 4\r\n\r\n{}`], ['400 bad-request']],
  ['a length below zero', [`${POST}content-length: -3\r\n\r\n{}`], ['400 bad-request']],
  ['chunks that are none', [`${CHUNKED}zz\r\n`], ['400 bad-request']],
  ['chunks that break off badly', [`${CHUNKED}5\r\n{"tas\r\nnonsense`], ['400 bad-request']],
  ['headers without end', [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`], ['431 headers-too-large']],
  ['a tunnel', ['CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n'], ['405 method-not-allowed']],
  ['an expectation', [`${POST}expect: a-miracle\r\ncontent-length: 2\r\n\r\n{}`], ['400 bad-request']],
  ['a wrong escape', [`GET /v1/tasks/%zz HTTP/1.1\r\nhost: x\r\n${END}\r\n`], ['400 bad-request']],
  ['a long part', [`GET /v1/tasks/${'x'.repeat(300)} HTTP/1.1\r\nhost: x\r\n${END}\r\n`], ['404 not-found']],
  ['a method that the path lacks', [`DELETE /v1/tasks HTTP/1.1\r\nhost: x\r\n${END}\r\n`], ['405 method-not-allowed']],
  ['a path that is not there', [`GET /v2/tasks HTTP/1.1\r\nhost: x\r\n${END}\r\n`], ['404 not-found']],
  ['a method nobody has heard of', [`BREW /v1/tasks HTTP/1.1\r\nhost: x\r\n\r\n`], ['400 bad-request']],
  ['garbage behind a good request', [`${STATUS}nonsense\r\n\r\n`], ['200', '400 bad-request']],
  ['an upgrade', [`GET /v1/status HTTP/1.1\r\nhost: x\r\n${TOKEN}upgrade: websocket\r\n${END}\r\n`], ['200']],
  [
    'requests in a row',
    [STATUS.repeat(3) + STATUS.replace('\r\n\r\n', `\r\n${END}\r\n`)],
    ['200', '200', '200', '200'],
  ],
])('%s', async ([, parts, answers]) => {
  const kinds = (await answered(...parts)).map(kindOf);
  expect(kinds).toEqual(answers);
  expect(api.faults).toEqual([]);
});

test('headers beyond the count are refused, and none is left out of those that are taken', async () => {
  const body = '{"task":"summarize"}';
  const more = (count: number): string => Array.from({ length: count }, (_, at) => `x-${at}: 1\r\n`).join('');
  // Of the request itself there are six.
  const post = (count: number): string =>
    `${POST}${more(count)}content-length: ${body.length}\r\n${END}idempotency-key: many\r\n\r\n${body}`;
  expect((await answered(post(59))).map(kindOf)).toEqual(['431 headers-too-large']);
  const statuses = [(await answered(post(58)))[0]?.status, (await answered(post(58)))[0]?.status];
  expect(statuses).toEqual([expect.toSatisfy((status) => status === 201 || status === 202), 200]);
});

test('what anybody can be refused says from where it came, and what somebody is refused says who', async () => {
  const before = api.audited.length;
  await overTheWire(api.api.url, ['no http\r\n\r\n']);
  await overTheWire(api.api.url, ['GET /v1/tasks/%zz HTTP/1.1\r\nhost: x\r\n\r\n']);
  for (const path of ['/nowhere', '/v1/fleets']) await api.request('GET', path);
  await api.request('PUT', '/v1/fleets');
  await api.request('POST', '/v1/tasks');
  const seen = api.audited.slice(before).map(({ actor, reason, from }) => [actor, reason, from]);
  expect(seen).toEqual(
    ['bad-request', 'bad-request', 'not-found', 'unauthorized', 'method-not-allowed', 'unauthorized'].map((reason) => [
      'anonymous',
      reason,
      '127.0.0.1',
    ]),
  );
  await api.request('GET', '/v1/fleets', { as: tokenOf(['agent']) });
  expect(api.audited.at(-1)).toMatchObject({ actor: 'test:agent', reason: 'forbidden' });
  expect(api.audited.at(-1)).not.toHaveProperty('from');
});

test('who is refused as one of too many is in the audit log, gathered by who it is', async () => {
  const queue = { maxDepth: 1, maxAgeMs: 60_000, onFull: 'reject' } as const;
  const narrow = await served({ scheduling: { table: table({ routes: [route({ queue })] }) } });
  const as = tokenOf(['submitter'], { tenant: 'research' });
  const submit = () => narrow.request('POST', '/v1/tasks', { as, body: { task: 'summarize' } });
  expect([(await submit()).status, (await submit()).status]).toEqual([201, 429]);
  const actor = 'test:submitter';
  const refused = { actor, action: 'task:submit', outcome: 'refused', reason: 'queue-full', gather: actor };
  expect(narrow.audited.at(-1)).toMatchObject(refused);
  await narrow.close();
});

test('a path says which methods it has', async () => {
  const response = await api.request('PUT', '/v1/tasks/x/cancel');
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await api.request('DELETE', '/openapi.json')).headers.get('allow')).toBe('GET');
});

test('who sends a body without end, or drops the line in it, leaves nothing behind', async () => {
  const text = await overTheWire(api.api.url, [`${CHUNKED}5\r\n{"tas`], { waitMs: 100 });
  expect(text).toBe('');
  const flood = [CHUNKED, ...Array.from({ length: 20 }, () => `1000\r\n${'x'.repeat(4096)}\r\n`)];
  const [answer] = answersIn(await overTheWire(api.api.url, flood));
  expect(answer === undefined ? '' : kindOf(answer)).toBe('413 too-large');
  expect(api.faults).toEqual([]);
});

test('connections beyond the limit are closed, and those before go on', async () => {
  const few = await served({ limits: { connections: 2 } });
  const open = [0, 1].map(() => overTheWire(few.api.url, [`GET /v1/status HTTP/1.1\r\nhost: x\r\n${TOKEN}\r\n`]));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await overTheWire(few.api.url, [STATUS])).toBe('');
  const texts = await Promise.all(open);
  expect(texts.map((text) => answersIn(text)[0]?.status)).toEqual([200, 200]);
  await few.close();
});

/** A caller that hears that the other side has ended, and does not end its own. */
function staying(text: string): Socket {
  const { port, hostname } = new URL(api.api.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.resume().write(text);
  return socket;
}

test('who resets a tunnel that it was refused ends nobody', async () => {
  const uncaught: unknown[] = [];
  const hear = (error: unknown): number => uncaught.push(error);
  process.on('uncaughtException', hear);
  const socket = staying('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
  await once(socket, 'end');
  socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.off('uncaughtException', hear);
  expect(uncaught).toEqual([]);
});

test.for([
  ['bytes that are not HTTP', 'no http\r\n\r\n'],
  ['headers that never come', 'GET / HTTP/1.1\r\n'],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n'],
] as const)('who stays after it was refused %s is let go', async ([, text]) => {
  const socket = staying(text);
  await once(socket, 'end');
  await new Promise((resolve) => setTimeout(resolve, 1200));
  // Nobody is there any more: what is said now cannot be delivered.
  const again = setInterval(() => socket.write('still here\r\n'), 20);
  await expect.poll(() => socket.closed).toBe(true);
  clearInterval(again);
});
