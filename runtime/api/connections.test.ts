import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { PollResponse } from '../../spec/contract/protocol.ts';
import { Bench, fleet, table } from '../loops/testing/bench.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import { answersIn, overTheWire } from './testing/raw.ts';
import { served, tokenOf, type Served, type ServedOptions } from './testing/served.ts';

const SUBMITTER = tokenOf(['submitter'], { tenant: 'research' });
const AGENT = tokenOf(['agent'], { tenant: 'research', fleet: 'research/summarizer' });
const OTHER = tokenOf(['agent'], { tenant: 'research', fleet: 'research/backup' });
const THIRD = tokenOf(['agent'], { tenant: 'research', fleet: 'research/third' });
const FLEETS = new Map([
  [AGENT, 'research/summarizer'],
  [OTHER, 'research/backup'],
  [THIRD, 'research/third'],
]);

const open: Served[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const api of open.splice(0)) await api.close();
});

async function start(options: ServedOptions = {}): Promise<Served> {
  const api = await served(options);
  open.push(api);
  await expect.poll(() => api.scheduler.status().store).toBe('up');
  return api;
}

function pollBody(waitMs: number) {
  return { build: 'v1', slots: 1, free: 1, waitMs };
}

/** As text, for connections that send one after the other without waiting. */
function pollText(agent: string, waitMs: number): string {
  const body = JSON.stringify(pollBody(waitMs));
  const head = `POST /v1/agents/research/summarizer/${agent}/poll HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${AGENT}\r\n`;
  return `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

function polls(count: number, waitMs: number, name = 'invented'): string {
  return Array.from({ length: count }, (_, at) => pollText(`${name}-${at}`, waitMs)).join('');
}

function opened(api: Served, text: string): Socket {
  const { hostname, port } = new URL(api.api.url);
  const socket = connect(Number(port), hostname, () => socket.write(text));
  socket.on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

function poll(api: Served, as: string, agent: string, waitMs: number): Promise<Response> {
  return api.request('POST', `/v1/agents/${FLEETS.get(as)}/${agent}/poll`, { as, body: pollBody(waitMs) });
}

async function submitted(api: Served): Promise<string> {
  const answer = await api.request('POST', '/v1/tasks', { as: SUBMITTER, body: { task: 'summarize' } });
  return ((await answer.json()) as { id: string }).id;
}

test('a connection has so many requests under way; the next is the last that is answered', async () => {
  const api = await start();
  const answers = answersIn(await overTheWire(api.api.url, [polls(100, 200)]));
  expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 32 }, () => 200), 429]);
  const last = answers.at(-1);
  expect(last?.headers).toMatchObject({ connection: 'close', 'retry-after': '1' });
  expect(last?.body).toContain('a connection has at most 32 requests under way');
  expect(api.faults).toEqual([]);
});

test('requests whose answers are out do not count', async () => {
  const api = await start({ limits: { pipelined: 2 } });
  const parts = Array.from({ length: 6 }, (_, at) => pollText(`a-${at}`, 0));
  const text = await overTheWire(api.api.url, parts, { pauseMs: 30, waitMs: 400 });
  expect(answersIn(text).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
});

test('a flood of polls over one connection leaves room for everybody else', async () => {
  const api = await start({ limits: { waiting: 100 } });
  const flood = opened(api, polls(20_500, 60_000));
  await expect.poll(() => api.scheduler.agents('research/summarizer').length).toBe(32);
  expect((await poll(api, OTHER, 'b-1', 50)).status).toBe(200);
  expect((await poll(api, AGENT, 'a-1', 50)).status).toBe(200);
  expect(api.scheduler.agents('research/summarizer')).toHaveLength(33);
  expect(flood.destroyed).toBe(false);
});

test('what a completion asked for goes to another agent when the connection is gone before the answer', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  let isCompleted = false;
  let answer = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const store: Store = {
    ...memory,
    apply: async (shard, batch) => {
      const applied = await memory.apply(shard, batch);
      if (!batch.operations.some(({ op }) => op === 'complete')) return applied;
      isCompleted = true;
      await slow;
      return applied;
    },
  };
  const api = await start({ bench: new Bench(['s-0'], store) });
  const ids = [await submitted(api), await submitted(api)];
  const given = (await (await poll(api, AGENT, 'a-1', 1000)).json()) as PollResponse;
  const { id = '', token = 0 } = given.tasks[0] ?? {};
  const body = JSON.stringify({ agent: 'a-1', token, next: { build: 'v1', slots: 1, free: 1 } });
  const head = `POST /v1/tasks/${id}/complete?fleet=research/summarizer HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${AGENT}\r\n`;
  const socket = opened(api, `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => isCompleted).toBe(true);
  socket.destroy();
  // Until the other end has heard that.
  await new Promise((resolve) => setTimeout(resolve, 100));
  answer();
  // Well before its lease of five seconds is over.
  const next = (await (await poll(api, AGENT, 'a-2', 2000)).json()) as PollResponse;
  expect(next.tasks).toMatchObject([{ id: ids.find((one) => one !== id), attempt: 1 }]);
  const view = await api.scheduler.task(next.tasks[0]?.id ?? '');
  expect(view).toMatchObject({ state: 'running', agent: 'a-2', crashes: 0 });
});

test('a path that cannot be read is not answered beyond the bound either, and no expectation is', async () => {
  const api = await start({ limits: { pipelined: 2 } });
  const wrong = 'GET /v1/tasks/%zz HTTP/1.1\r\nhost: x\r\n\r\n';
  const statuses = async (text: string) =>
    answersIn(await overTheWire(api.api.url, [text])).map(({ status }) => status);
  expect(await statuses(pollText('a-1', 100) + wrong.repeat(50))).toEqual([200, 400, 400]);
  const expecting = 'GET /v1/status HTTP/1.1\r\nhost: x\r\nexpect: tea\r\n\r\n';
  expect(await statuses(pollText('a-1', 100) + expecting.repeat(50))).toEqual([200, 400]);
});

test('a fleet has so many polls open, and takes nothing from another one', async () => {
  const api = await start({ limits: { pollsOfFleet: 2 } });
  const waiting = [poll(api, AGENT, 'a-1', 300), poll(api, AGENT, 'a-2', 300)];
  await expect.poll(() => api.scheduler.agents('research/summarizer').length).toBe(2);
  const third = await poll(api, AGENT, 'a-3', 300);
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await third.json()).toMatchObject({ detail: 'research/summarizer has 2 polls open' });
  expect((await poll(api, OTHER, 'b-1', 0)).status).toBe(200);
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  expect((await poll(api, AGENT, 'a-3', 0)).status).toBe(200);
});

test('fleets that take all they get leave room for another one, and nobody is held back while there is much', async () => {
  const fleets = Object.fromEntries([...FLEETS.values()].map((id) => [id, fleet()]));
  const api = await start({ limits: { waiting: 12 }, scheduling: { table: table({ fleets }) } });
  const answers: Promise<number>[] = [];
  let refused = 0;
  const ask = (as: string, count: number, name: string): void => {
    for (let at = 0; at < count; at += 1) {
      const answer = poll(api, as, `${name}-${at}`, 4000).then(({ status }) => status);
      void answer.then((status) => (refused += status === 429 ? 1 : 0));
      answers.push(answer);
    }
  };
  // Half of all while it is alone; then as much as is left.
  ask(AGENT, 8, 'a');
  await expect.poll(() => refused).toBe(2);
  ask(OTHER, 8, 'b');
  await expect.poll(() => refused).toBe(2 + 5);
  ask(THIRD, 8, 'c');
  await expect.poll(() => refused).toBe(2 + 5 + 6);
  ask(AGENT, 1, 'd');
  await expect.poll(() => refused).toBe(2 + 5 + 6 + 1);
  expect((await Promise.all(answers)).filter((status) => status === 200)).toHaveLength(6 + 3 + 2);
});

test('a caller has so many event streams open, and each that ends makes room', async () => {
  const api = await start({ limits: { streamsOfSubject: 2 } });
  const path = `/v1/tasks/${await submitted(api)}/events`;
  const ends = [new AbortController(), new AbortController()];
  for (const { signal } of ends) {
    expect((await api.request('GET', path, { as: SUBMITTER, signal })).status).toBe(200);
  }
  const third = await api.request('GET', path, { as: SUBMITTER });
  expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
  expect(await third.json()).toMatchObject({ detail: 'test:submitter has 2 event streams open' });
  const other = tokenOf(['operator']);
  const more = new AbortController();
  expect((await api.request('GET', path, { as: other, signal: more.signal })).status).toBe(200);
  ends[0]?.abort();
  await expect
    .poll(async () => (await api.request('GET', path, { as: SUBMITTER, signal: more.signal })).status)
    .toBe(200);
  for (const end of [...ends.slice(1), more]) end.abort();
});

test('the end answers polls and ends streams at once, whatever stands behind them', async () => {
  const api = await served();
  await expect.poll(() => api.scheduler.status().store).toBe('up');
  const watch = `GET /v1/tasks/${await submitted(api)}/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SUBMITTER}\r\n\r\n`;
  // The first poll of the connection takes the task.
  expect((await poll(api, AGENT, 'a-0', 1000)).status).toBe(200);
  opened(api, watch.repeat(20) + polls(30, 60_000) + watch.repeat(100));
  opened(api, polls(20, 60_000, 'one') + watch.repeat(10) + polls(1000, 60_000, 'two'));
  await expect.poll(() => api.scheduler.agents().length).toBe(1 + 12 + 20 + 2);
  const begunMs = performance.now();
  await api.close();
  expect(performance.now() - begunMs).toBeLessThan(2000);
});

test('who does not read is not waited for in the end', async () => {
  const api = await served({ limits: { closeMs: 300 } });
  const id = await submitted(api);
  let begun = 0;
  Object.assign(api.scheduler, {
    events: async function* events() {
      begun += 1;
      for (let seq = 1; ; seq += 1) {
        yield { seq, at: new Date().toISOString(), state: 'ready', attempts: 0, reason: 'x'.repeat(100_000) };
      }
    },
  });
  const head = `HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SUBMITTER}\r\n\r\n`;
  opened(api, `GET /v1/tasks/${id}/events ${head}`).pause();
  opened(api, `GET /openapi.json ${head}`.repeat(30)).pause();
  await expect.poll(() => begun).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const begunMs = performance.now();
  await api.close();
  expect(performance.now() - begunMs).toBeLessThan(2000);
});
