import { PassThrough } from 'node:stream';
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { accept, Bench, fleet, table } from '../loops/testing/bench.ts';
import { memoryJournal } from '../loops/testing/memory-journal.ts';
import { JournalFull } from '../journal/journal-full.ts';
import { taskId } from '../core/task-id.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { NoRoom, StoreFailure } from '../store/store-failure.ts';
import { writeEvents } from './event-stream.ts';
import type { Authenticator } from './identity.ts';
import { OPERATIONS } from './operations.ts';
import { served, tokenOf, type Served, type ServedOptions } from './testing/served.ts';

const SUBMITTER = tokenOf(['submitter'], { tenant: 'research' });
const AGENT = tokenOf(['agent'], { tenant: 'research', fleet: 'research/summarizer' });
const OPERATOR = tokenOf(['operator']);
const POLL = '/v1/agents/research/summarizer/a-1/poll';

const open: Served[] = [];
afterEach(async () => {
  for (const api of open.splice(0)) await api.close();
});

async function start(options: ServedOptions = {}): Promise<Served> {
  const api = await served(options);
  open.push(api);
  // Until then a submission may be heard of twice: by itself, and by the replay.
  await expect.poll(() => api.scheduler.status().store).toBe('up');
  return api;
}

/** Once is enough: a failure makes a dead letter. */
function frail() {
  const accepts = { summarize: accept({ attempts: 1 }) };
  return table({ fleets: { 'research/summarizer': fleet({ accepts }), 'research/backup': fleet({ accepts }) } });
}

async function submit(api: Served, key: string): Promise<string> {
  const headers = { 'idempotency-key': key };
  const answer = await api.request('POST', '/v1/tasks', { as: SUBMITTER, headers, body: { task: 'summarize' } });
  return ((await answer.json()) as { id: string }).id;
}

async function lease(api: Served): Promise<{ readonly id: string; readonly token: number }> {
  const body = { build: 'v1', slots: 1, free: 1, waitMs: 5000 };
  const answer = await api.request('POST', POLL, { as: AGENT, body });
  const [task] = ((await answer.json()) as { tasks: { id: string; token: number }[] }).tasks;
  if (task === undefined) throw new Error('nothing to do');
  return task;
}

async function bury(api: Served, key: string): Promise<string> {
  await submit(api, key);
  const { id, token } = await lease(api);
  const body = { agent: 'a-1', token, error: 'Broken' };
  expect((await api.request('POST', `/v1/tasks/${id}/fail`, { as: AGENT, body })).status).toBe(200);
  return id;
}

test('dead letters are redriven by name, or as many as asked for, and only those of the fleet', async () => {
  const api = await start({ scheduling: { table: frail() } });
  const [first, second] = [await bury(api, 'k-1'), await bury(api, 'k-2')];
  const path = '/v1/fleets/research/summarizer/dead-letters/redrive';
  const foreign = await api.request('POST', path.replace('summarizer', 'backup'), {
    as: OPERATOR,
    body: { ids: [first] },
  });
  expect(await foreign.json()).toMatchObject({ status: 404, detail: `${first} is not of research/backup` });
  const named = await api.request('POST', path, { as: OPERATOR, body: { ids: [first] } });
  expect(await named.json()).toEqual({ redriven: [first], left: [] });
  const again = await api.request('POST', path, { as: OPERATOR, body: { ids: [first, 'nobody'] } });
  const detail = `${first} is ready, nobody is not of research/summarizer`;
  expect(await again.json()).toMatchObject({ status: 409, detail });
  expect(await (await api.request('POST', path, { as: OPERATOR, body: {} })).json()).toEqual({
    redriven: [second],
    left: [],
  });
  expect((await api.request('POST', path.replace('summarizer', 'none'), { as: OPERATOR, body: {} })).status).toBe(404);
});

test('of dead letters that are redriven in part, each other one is told with the reason', async () => {
  const api = await start({ scheduling: { table: frail() } });
  const [alive, first, second] = [await bury(api, 'k-1'), await bury(api, 'k-2'), await bury(api, 'k-3')];
  await api.scheduler.redrive(alive);
  const redrive = async (ids: readonly string[]): Promise<unknown> => {
    const path = '/v1/fleets/research/summarizer/dead-letters/redrive';
    return (await api.request('POST', path, { as: OPERATOR, body: { ids } })).json();
  };
  const left = [
    { id: alive, detail: 'is ready' },
    { id: 'nobody', detail: 'is not of research/summarizer' },
  ];
  expect(await redrive([alive, first, 'nobody', first])).toEqual({ redriven: [first], left });
  const { redrive: whole } = api.scheduler;
  api.scheduler.redrive = (id) => (id === second ? whole(id) : Promise.reject(new StoreFailure('unavailable', 'gone')));
  const detail = 'may be dead still: the store does not answer';
  expect(await redrive([second, alive])).toEqual({ redriven: [second], left: [{ id: alive, detail }] });
  expect(await redrive([alive])).toMatchObject({ status: 503 });
  // Ended for good between the look at it and the question, and a fault of ours is none of the dead letter.
  api.scheduler.redrive = () => Promise.resolve({ kind: 'unknown' });
  expect(await redrive([alive])).toMatchObject({ detail: `${alive} is not of research/summarizer` });
  api.scheduler.redrive = () => Promise.reject(new TypeError('a mistake'));
  expect(await redrive([alive])).toMatchObject({ status: 500 });
  expect(api.faults).toMatchObject([{ message: 'a mistake' }]);
});

test('a task goes through release, retry and cancel by its owner, and each change says what it was too late for', async () => {
  const api = await start({ scheduling: { table: frail() } });
  const dead = await bury(api, 'k-1');
  expect((await api.request('POST', `/v1/tasks/${dead}/retry`, { as: SUBMITTER })).status).toBe(200);
  expect((await api.request('POST', `/v1/tasks/${dead}/retry`, { as: SUBMITTER })).status).toBe(409);
  const { id, token } = await lease(api);
  const body = { agent: 'a-1', token };
  expect((await api.request('POST', `/v1/tasks/${id}/release`, { as: AGENT, body })).status).toBe(200);
  expect((await api.request('POST', `/v1/tasks/${id}/cancel`, { as: SUBMITTER })).status).toBe(200);
  expect((await api.request('POST', `/v1/tasks/${id}/retry`, { as: OPERATOR })).status).toBe(409);
  const running = await submit(api, 'k-2');
  await lease(api);
  expect((await api.request('POST', `/v1/tasks/${running}/cancel`, { as: SUBMITTER, body: {} })).status).toBe(202);
  const list = await api.request('GET', '/v1/tasks?fleet=research/summarizer&of=finished&limit=1', { as: OPERATOR });
  const { next } = (await list.json()) as { next?: string };
  const more = `/v1/tasks?fleet=research/summarizer&of=finished&after=${next ?? '0.0'}`;
  expect((await api.request('GET', more, { as: SUBMITTER })).status).toBe(200);
});

test('an identity without a team or a fleet has nothing of its own', async () => {
  const api = await start();
  const homeless = tokenOf(['submitter', 'agent']);
  const task = { task: 'summarize' };
  expect((await api.request('POST', '/v1/tasks', { as: homeless, body: task })).status).toBe(403);
  const hello = { name: 'a-1', slots: 1 };
  expect((await api.request('POST', '/v1/agents', { as: homeless, body: hello })).status).toBe(403);
  const elsewhere = { ...hello, fleet: 'research/backup' };
  expect((await api.request('POST', '/v1/agents', { as: AGENT, body: elsewhere })).status).toBe(404);
  expect((await api.request('POST', '/v1/agents', { as: 'dev', body: { ...elsewhere, fleet: 'a/b' } })).status).toBe(
    404,
  );
  expect((await api.request('POST', '/v1/agents', { as: 'dev', body: elsewhere })).status).toBe(200);
  const build = await api.request('POST', '/v1/agents', { as: AGENT, body: { ...hello, build: 'v9' } });
  expect(await build.json()).toMatchObject({ status: 422, errors: [{ pointer: '/build' }] });
});

test('whatever tag an image may have is a build that an agent may register with', async () => {
  for (const build of ['_2026', 'v1.', `_${'x'.repeat(127)}`]) {
    const own = table({ fleets: { 'research/summarizer': fleet({ builds: { [build]: 10_000 } }) } });
    const api = await start({ scheduling: { table: own } });
    const hello = await api.request('POST', '/v1/agents', { as: AGENT, body: { name: 'a-1', slots: 1, build } });
    expect([hello.status, await hello.json()]).toEqual([200, expect.objectContaining({ build })]);
  }
});

test('an agent asks other fleets only for what its own may', async () => {
  const asker = tokenOf(['agent', 'submitter'], { tenant: 'research', fleet: 'research/backup' });
  const calls = { 'research/summarizer': ['summarize'] };
  const talks = table({ fleets: { 'research/summarizer': fleet(), 'research/backup': fleet({ calls }) } });
  const api = await start({ scheduling: { table: talks } });
  expect((await api.request('POST', '/v1/tasks', { as: asker, body: { task: 'summarize' } })).status).toBe(201);
  const other = await api.request('POST', '/v1/tasks', { as: asker, body: { task: 'other' } });
  expect(await other.json()).toMatchObject({ status: 403, detail: expect.stringContaining('talksTo') });
  const stray = tokenOf(['agent', 'submitter'], { tenant: 'research', fleet: 'research/gone' });
  expect((await api.request('POST', '/v1/tasks', { as: stray, body: { task: 'summarize' } })).status).toBe(403);
});

test('the status says why a routing table was refused, as long as an older one is in force', async () => {
  const api = await start();
  const read = async (): Promise<unknown> => (await api.request('GET', '/v1/status', { as: AGENT })).json();
  expect(await read()).not.toHaveProperty('refusedTable');
  const { status } = api.scheduler;
  api.scheduler.status = () => ({ ...status(), refusedTable: 'it names no fleet' });
  expect(await read()).toMatchObject({ ready: true, refusedTable: 'it names no fleet' });
});

test('operators pause, drain and resume fleets, with a reason or without, and agents one by one', async () => {
  const api = await start();
  const path = '/v1/fleets/research/summarizer';
  for (const [verb, body] of [
    ['pause', undefined],
    ['pause', { reason: 'lunch' }],
    ['drain', undefined],
    ['drain', { build: 'v1' }],
    ['resume', undefined],
  ] as const) {
    const options = { as: OPERATOR, ...(body !== undefined && { body }) };
    expect(await (await api.request('POST', `${path}/${verb}`, options)).json()).toEqual({ done: true });
    expect((await api.request('POST', `/v1/fleets/research/none/${verb}`, options)).status).toBe(404);
  }
  await api.request('POST', '/v1/agents', { as: AGENT, body: { name: 'a-1', slots: 1 } });
  const drain = '/v1/agents/research/summarizer/a-1/drain';
  expect((await api.request('POST', drain, { as: OPERATOR })).status).toBe(200);
  const missing = await api.request('POST', drain.replace('a-1', 'a-2'), { as: OPERATOR });
  expect(await missing.json()).toMatchObject({ status: 404, detail: 'no agent of research/summarizer is called a-2' });
  for (const read of ['/v1/agents', '/v1/agents?fleet=research/summarizer', '/v1/fleets', path, '/v1/status']) {
    expect((await api.request('GET', read, { as: OPERATOR })).status).toBe(200);
  }
});

test('agents of a fleet that is none are not an empty list', async () => {
  const api = await start();
  const answer = await api.request('GET', '/v1/agents?fleet=research/summariser', { as: OPERATOR });
  expect(await answer.json()).toMatchObject({ status: 404, detail: 'no fleet is called research/summariser' });
});

test('a drain for which there is no room says so, and what to do', async () => {
  const api = await start();
  const noRoom = () => Promise.reject(new NoRoom('research/summarizer'));
  Object.assign(api.scheduler, { drain: noRoom, drainAgent: noRoom });
  for (const path of ['/v1/fleets/research/summarizer/drain', '/v1/agents/research/summarizer/a-1/drain']) {
    const answer = await api.request('POST', path, { as: OPERATOR });
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      {
        type: 'https://nova-torch.dev/problems/not-now',
        detail:
          'research/summarizer has no room for another switch: its builds that drain, agents that go and other notes are as many as ' +
          'its shard takes. Resume the fleet, which ends the drains of its builds, or pause or drain all of it: for that there is always room',
      },
    ]);
  }
});

test('the agents of a push fleet are called by the schedulers: nobody drains one of them, by whatever name', async () => {
  const fleets = { 'research/summarizer': fleet({ delivery: 'push', url: 'http://127.0.0.1:1/v1/tasks' }) };
  const call = () => Promise.reject(new Error('nobody is there'));
  const api = await start({ scheduling: { table: table({ fleets }), push: call } });
  await expect.poll(() => api.scheduler.agents()).toHaveLength(1);
  for (const name of ['push-s-0', 'a-1']) {
    for (const as of [OPERATOR, AGENT]) {
      const answer = await api.request('POST', `/v1/agents/research/summarizer/${name}/drain`, { as });
      expect([answer.status, await answer.json()]).toMatchObject([
        409,
        {
          type: 'https://nova-torch.dev/problems/not-now',
          detail: expect.stringMatching(
            /^the schedulers call the agents of research\/summarizer, so none of them drains: pause the fleet, or drain it/,
          ),
        },
      ]);
    }
  }
  expect(api.scheduler.agents()).toMatchObject([{ draining: false }]);
});

test('what is asked of a build, a fleet or slots that are not there is refused, and changes nothing', async () => {
  const api = await start();
  const path = '/v1/fleets/research/summarizer';
  const drain = await api.request('POST', `${path}/drain`, { as: OPERATOR, body: { build: 'constructor' } });
  const errors = [{ pointer: '/build', detail: 'the routing table has v1' }];
  expect([drain.status, await drain.json()]).toMatchObject([422, { errors }]);
  const view = await api.request('GET', path, { as: OPERATOR });
  expect(await view.json()).toMatchObject({ builds: [{ build: 'v1', draining: false }] });

  const body = { build: 'v1', slots: 1, free: 2, waitMs: 0 };
  const greedy = await api.request('POST', POLL, { as: AGENT, body });
  expect([greedy.status, await greedy.json()]).toMatchObject([422, { errors: [{ pointer: '/free' }] }]);
  const lost = POLL.replace('summarizer', 'nobody');
  expect((await api.request('POST', lost, { as: 'dev', body: { ...body, free: 1 } })).status).toBe(404);
  expect(api.scheduler.agents()).toEqual([]);
  for (const of of ['open', 'dead', 'finished']) {
    const list = (fleet: string) => api.request('GET', `/v1/tasks?fleet=${fleet}&of=${of}`, { as: SUBMITTER });
    expect([(await list('nobody/none')).status, (await list('research/backup')).status]).toEqual([404, 200]);
  }
});

test('a parameter that does not fit is told its form, and every one has a form to tell', async () => {
  const api = await start();
  const said = async (query: string): Promise<unknown> => {
    const answer = await api.request('GET', `/v1/tasks?${query}`, { as: SUBMITTER });
    return [answer.status, ((await answer.json()) as { detail: string }).detail];
  };
  expect(await said('fleet=a/b&limit=0')).toEqual([400, '`limit` is a whole number from 1 to 100']);
  expect(await said('fleet=a/b&of=lost')).toEqual([400, '`of` is open, dead or finished']);
  expect(await said('fleet=a/b&after=x')).toEqual([400, '`after` is `next` of the page before']);
  const form = '`team/fleet`, both in small letters, digits and hyphens';
  expect(await said('fleet=a')).toEqual([400, `\`fleet\` is ${form}`]);
  expect(await said('fleet=a/b&fleet=a/b')).toEqual([400, `\`fleet\` is ${form}, once`]);
  for (const { id, query = {} } of OPERATIONS) {
    for (const [name, schema] of Object.entries(query)) {
      expect(schema['enum'] ?? schema['description'], `${name} of ${id}`).toBeDefined();
    }
  }
});

test('an operation that takes no body refuses one that says something, and does nothing', async () => {
  const api = await start();
  const path = '/v1/fleets/research/summarizer';
  const ask = (verb: string, body: unknown) => api.request('POST', `${path}/${verb}`, { as: OPERATOR, body });
  await ask('pause', {});
  const refused = await ask('resume', { build: '2.0.0', nonsense: true });
  const errors = [{ pointer: '/build' }, { pointer: '/nonsense' }];
  expect([refused.status, await refused.json()]).toMatchObject([422, { errors }]);
  expect((await ask('resume', [])).status).toBe(422);
  const view = async () => (await api.request('GET', path, { as: OPERATOR })).json();
  expect(await view()).toMatchObject({ paused: true });
  expect((await ask('resume', {})).status).toBe(200);
  expect(await view()).toMatchObject({ paused: false });
});

test('headers that say nothing sensible are refused, or left out', async () => {
  const api = await start();
  const id = await submit(api, 'k-1');
  const body = { task: 'summarize' };
  const key = await api.request('POST', '/v1/tasks', { as: SUBMITTER, headers: { 'idempotency-key': 'a b' }, body });
  expect(await key.json()).toMatchObject({ status: 400, detail: expect.stringContaining('Idempotency-Key') });
  const traced = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
  for (const headers of [traced, { traceparent: 'nonsense' }]) {
    const answer = await api.request('POST', '/v1/tasks', { as: SUBMITTER, headers, body });
    expect([headers, answer.status, await answer.json()]).toMatchObject([headers, 201, { status: 'accepted' }]);
  }
  // Beyond fifteen digits ids could no longer be told apart, and none would come after.
  for (const seen of ['x', '-1', '1e3', '9'.repeat(16)]) {
    const events = { as: SUBMITTER, headers: { 'last-event-id': seen } };
    expect((await api.request('GET', `/v1/tasks/${id}/events`, events)).status).toBe(400);
  }
});

test('a store that is away, keys that are, and a crowd mean: come back later', async () => {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const away = { is: false };
  const bench = new Bench(['s-0'], {
    ...memory,
    apply: async (shard, batch) => {
      if (away.is) throw new StoreFailure('unavailable', 'gone');
      return memory.apply(shard, batch);
    },
  });
  const api = await start({ bench, scheduling: { bounds: { patienceMs: 50 } } });
  const id = await submit(api, 'k-1');
  away.is = true;
  const read = await api.request('GET', `/v1/tasks/${id}`, { as: SUBMITTER });
  expect([read.status, read.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await read.json()).toMatchObject({ detail: 'the store does not answer' });
  away.is = false;

  const blind: Authenticator = { name: 'blind', authenticate: () => Promise.resolve('unavailable') };
  const unsure = await start({ authenticators: [blind] });
  const said = async (asked: Served) => (await asked.request('GET', '/v1/status', { as: 'dev' })).json();
  expect(await said(unsure)).toMatchObject({
    status: 503,
    detail: 'the keys that tokens are checked with cannot be had',
  });
  const full = await start({ limits: { inFlight: 0 } });
  expect(await said(full)).toMatchObject({
    status: 503,
    detail: 'this scheduler has as many requests under way as it takes',
  });
});

test('each submission that fails for a reason of ours is counted once, wherever it fails', async () => {
  const counted: unknown[] = [];
  const counting = {
    onUnasked: (outcome: string) => counted.push(outcome),
    scheduling: { observer: { submitted: ({ outcome }: { outcome: string }) => counted.push(`asked: ${outcome}`) } },
  };
  const [as, body] = [SUBMITTER, { task: 'summarize' }];
  const blind: Authenticator = { name: 'blind', authenticate: () => Promise.resolve('unavailable') };
  const unsure = await start({ ...counting, authenticators: [blind] });
  expect((await unsure.request('POST', '/v1/tasks', { as, body })).status).toBe(503);
  expect(counted.splice(0)).toEqual(['error']);
  const full = await start({ ...counting, limits: { inFlight: 0 } });
  expect((await full.request('POST', '/v1/tasks', { as, body })).status).toBe(503);
  expect((await full.request('GET', '/v1/status', { as })).status).toBe(503);
  expect(counted.splice(0)).toEqual(['shed']);

  const journal = memoryJournal([]);
  const api = await start({ ...counting, scheduling: { ...counting.scheduling, journal } });
  const { append } = journal;
  expect((await api.request('POST', '/v1/tasks', { body })).status).toBe(401);
  expect((await api.request('POST', '/v1/tasks', { as, body: { task: 1 } })).status).toBe(422);
  expect(counted).toEqual([]);
  expect((await api.request('POST', '/v1/tasks', { as, body })).status).toBe(201);
  for (const [status, fault] of [
    [503, new JournalFull('full')],
    [500, new Error('a fault of ours')],
  ] as const) {
    const broken = (): never => {
      throw fault;
    };
    Object.assign(journal, { append: broken });
    expect((await api.request('POST', '/v1/tasks', { as, body })).status).toBe(status);
    Object.assign(journal, { append });
  }
  expect(counted).toEqual(['asked: accepted', 'asked: error', 'asked: error']);
});

test('what another scheduler may have accepted is not denied while that one is away, and who it is is said', async () => {
  const bench = new Bench(['s-0', 's-1']);
  const api = await start({ bench, name: 's-1', scheduling: { bounds: { patienceMs: 200 } } });
  const path = `/v1/tasks/${taskId('research', 'k-1', 'research/summarizer')}`;
  const ask = () =>
    Promise.all([
      api.request('GET', path, { as: SUBMITTER }),
      api.request('GET', `${path}/why`, { as: SUBMITTER }),
      api.request('GET', `${path}/events`, { as: SUBMITTER }),
      api.request('POST', `${path}/cancel`, { as: SUBMITTER, body: {} }),
    ]);
  for (const unsure of await ask()) {
    expect([unsure.status, unsure.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await unsure.json()).toMatchObject({
      detail: 'the store does not know it; s-0 may, and was not seen there',
    });
  }
  await bench.start('s-0');
  for (const sure of await ask()) expect(sure.status).toBe(404);
});

test('a mistake of ours is told as that, with the number to look for, and nothing else', async () => {
  const broken: Authenticator = { name: 'broken', authenticate: () => Promise.reject(new Error('secret detail')) };
  const api = await start({ authenticators: [broken] });
  const answer = await api.request('GET', '/v1/status', { headers: { 'x-request-id': 'r-1' } });
  expect(await answer.json()).toMatchObject({ status: 500, detail: 'request r-1' });
  expect(api.faults).toMatchObject([{ message: 'secret detail' }]);
});

test('an event stream waits for a slow reader, and keeps the line alive meanwhile', async () => {
  const line = new PassThrough({ highWaterMark: 10 });
  const response = Object.assign(line, { writeHead: () => line, flushHeaders: () => undefined });
  async function* events() {
    for (let seq = 1; seq <= 3; seq += 1) {
      yield { seq, at: '2026-01-01T00:00:00Z', state: 'ready' } as never;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
  const written = writeEvents(response as unknown as ServerResponse, events(), new AbortController().signal, 5);
  await new Promise((resolve) => setTimeout(resolve, 30));
  let text = '';
  line.on('data', (data: Buffer) => {
    text += data.toString();
  });
  await written;
  expect(text.match(/^id: \d$/gm)).toEqual(['id: 1', 'id: 2', 'id: 3']);
  expect(text).toContain(': still here');
});
