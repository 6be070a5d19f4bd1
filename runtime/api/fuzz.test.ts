import { request as httpRequest } from 'node:http';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accept, fleet, pollOnce, route, submission, table } from '../loops/testing/bench.ts';
import type { RunningScheduler } from '../loops/scheduler.ts';
import { PROBLEM_BASE } from './problems.ts';
import { undocumented } from './testing/documented.ts';
import { CANARY, hostileRequest, type HostileRequest } from './testing/hostile.ts';
import { answersIn, overTheWire } from './testing/raw.ts';
import { served, type Served } from './testing/served.ts';

/** Many rounds with NOVA_TORCH_FULL=1, each with a scheduler of its own. */
const ROUNDS = Array.from({ length: process.env['NOVA_TORCH_FULL'] === '1' ? 30 : 1 }, (_, round) => round + 1);

/** Nothing in it moves by itself while the test looks. */
const STILL = accept({ queueMs: 3_600_000, runMs: 3_600_000, heartbeatMs: 3_600_000, attempts: 100 });
const QUIET = table({
  fleets: { 'research/summarizer': fleet({ accepts: { summarize: STILL } }), 'research/backup': fleet() },
  routes: [route({ queue: { maxDepth: 100_000, maxAgeMs: 3_600_000, onFull: 'reject' } })],
});

let api: Served;
let ids: readonly string[] = [];
beforeEach(async () => {
  api = await served({ limits: { bodyBytes: 60_000 }, scheduling: { table: QUIET } });
  ids = await someTasks(api.scheduler);
});
afterEach(async () => {
  await api.close();
});

/** One task that waits, one that runs, one that has ended. */
async function someTasks(scheduler: RunningScheduler): Promise<readonly string[]> {
  const made: string[] = [];
  for (const key of ['ended', 'running', 'waiting']) {
    const outcome = await scheduler.submit(submission(key));
    if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
    made.push(outcome.response.id);
    if (key === 'waiting') continue;
    const { tasks } = await pollOnce(scheduler);
    const { id = '', token = 0 } = tasks[0] ?? {};
    const run = { id, token, agent: { fleet: 'research/summarizer', name: 'a-1' } };
    if (key === 'ended') await scheduler.complete(run, { text: CANARY });
  }
  return made.reverse();
}

/** Everything that a request could have changed. Waiting for its time and waiting for an agent are the same here. */
async function stateOf({ scheduler }: Served): Promise<string> {
  const pages = await Promise.all(
    ['research/summarizer', 'research/backup'].flatMap((name) =>
      (['open', 'dead', 'finished'] as const).map((of) => scheduler.tasks({ fleet: name, of, limit: 100 })),
    ),
  );
  const tasks = pages.map((page) =>
    page.tasks.map(({ id, state, attempts, crashes, cancelAsked, reason }) =>
      [id, state === 'delayed' ? 'ready' : state, attempts, crashes, cancelAsked, reason].join(' ').trim(),
    ),
  );
  const fleets = (await scheduler.fleets()).map(({ fleet: name, paused, builds }) => ({ name, paused, builds }));
  const agents = scheduler.agents().map(({ agent, fleet: name, draining }) => `${name}/${agent} ${draining}`);
  return JSON.stringify({ tasks: tasks.map((page) => page.sort()), fleets, agents: agents.sort() });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** With node:http, which lets more through than `fetch`. Does not wait for the end of an event stream. */
function send({ method, path, headers, body }: HostileRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const request = httpRequest(`${api.api.url}/`, { method, path, headers: { ...headers, ...length } }, (response) => {
      const all = new Headers(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
      const answer = (text: string): void => resolve({ status: response.statusCode ?? 0, headers: all, text });
      if (all.get('content-type') === 'text/event-stream') {
        response.destroy();
        answer('');
        return;
      }
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => answer(Buffer.concat(parts).toString()));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The problem's name, when everything about it is as it must be. */
function refusal({ status, text }: Answer): string {
  const problem = JSON.parse(text) as { type: string; status: number; instance: string; title: string };
  expect(problem.type.startsWith(PROBLEM_BASE)).toBe(true);
  expect(problem.status).toBe(status);
  const name = problem.type.slice(PROBLEM_BASE.length);
  const lines = api.audited.filter(({ requestId }) => `urn:request:${requestId}` === problem.instance);
  expect(lines.at(-1)).toMatchObject({ outcome: 'refused', reason: name });
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node_modules|\.ts\b|\.js\b/);
  expect(text).not.toContain(CANARY);
  return name;
}

test.for(ROUNDS)(
  'whatever is sent, it is done or refused with a problem, and a refusal changes nothing (%i)',
  async () => {
    const refused = new Map<string, number>();
    let done = 0;
    await fc.assert(
      fc.asyncProperty(hostileRequest(ids), async (request) => {
        const before = await stateOf(api);
        const lines = api.audited.length;
        const answer = await send(request);
        if (request.method !== 'HEAD') expect(undocumented(request.method, request.path, answer)).toBe('');
        if (answer.status < 400) {
          done += 1;
          return;
        }
        if (request.method !== 'HEAD') {
          const name = refusal(answer);
          refused.set(name, (refused.get(name) ?? 0) + 1);
        }
        expect(api.audited.length - lines).toBe(1);
        expect(await stateOf(api)).toBe(before);
      }),
      { numRuns: 1200 },
    );
    expect(api.faults).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(api.audited.filter((line) => JSON.stringify(line).includes(CANARY))).toEqual([]);
    // It has been everywhere: good requests, and every reason to refuse one that does not need another state.
    expect(done).toBeGreaterThan(50);
    expect([...refused.keys()]).toEqual(
      expect.arrayContaining(['bad-request', 'invalid-body', 'unauthorized', 'forbidden', 'not-found', 'too-large']),
    );
  },
);

const GOOD = `POST /v1/tasks HTTP/1.1\r\nhost: x\r\nauthorization: Bearer dev-token\r\nconnection: close\r\n`;
const WHOLE = [
  `${GOOD}content-type: application/json\r\ncontent-length: 20\r\n\r\n{"task":"summarize"}`,
  `${GOOD}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n14\r\n{"task":"summarize"}\r\n0\r\n\r\n`,
  `GET /v1/status HTTP/1.1\r\nhost: x\r\nauthorization: Bearer dev-token\r\n\r\n${GOOD}\r\n`,
];

/** Bytes changed, taken out, doubled or put in, anywhere in a good request. */
const damaged = fc
  .tuple(
    fc.constantFrom(...WHOLE),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.nat(6),
        insert: fc.oneof(
          fc.constantFrom(
            '\r\n',
            '\n',
            '\0',
            ':',
            'ffffffff\r\n',
            '-1',
            ' ',
            '\r\n\r\n',
            'GET / HTTP/1.1\r\n',
            '\u00ff',
          ),
          fc.string({ unit: 'binary', maxLength: 6 }),
          fc.constant(''),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((whole, { at, remove, insert }) => {
      const place = Math.floor(at * whole.length);
      return `${whole.slice(0, place)}${insert}${whole.slice(place + remove)}`;
    }, text),
  );

test.for(ROUNDS)('whatever comes over a connection, each answer is a good one or a problem (%i)', async () => {
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(damaged, fc.nat(2), async (text, cuts) => {
      const step = Math.ceil(text.length / (cuts + 1));
      const parts = Array.from({ length: cuts + 1 }, (_, at) =>
        Buffer.from(text.slice(at * step, (at + 1) * step), 'latin1'),
      );
      const heard = await overTheWire(api.api.url, parts, { waitMs: 60 });
      for (const answer of answersIn(heard)) {
        statuses.add(answer.status);
        if (answer.status < 400) continue;
        expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
        refusal({ status: answer.status, headers: new Headers(), text: answer.body });
      }
    }),
    { numRuns: 300 },
  );
  expect(api.faults).toEqual([]);
  expect([...statuses].filter((status) => status >= 500)).toEqual([]);
  expect(statuses.has(400)).toBe(true);
  expect((await api.request('GET', '/v1/status', { as: 'dev' })).status).toBe(200);
});
