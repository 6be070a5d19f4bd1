import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../spec/contract/source.ts';
import { accept, fleet, pollOnce, submission, table } from '../loops/testing/bench.ts';
import { PROBLEM_BASE } from './problems.ts';
import { served, tokenOf, type Served } from './testing/served.ts';

/** What is wrong with a value is asked twice for each level of it. */
const BRANCHING: JsonObject = {
  $ref: '#/$defs/node',
  $defs: {
    node: {
      anyOf: ['a', 'b'].map((kind) => ({ properties: { next: { $ref: '#/$defs/node' }, kind: { enum: [kind] } } })),
    },
  },
};
const TEXTS: JsonObject = {
  type: 'object',
  properties: { email: { type: 'string', pattern: '^\\S+@\\S+$' }, rows: { type: 'array', uniqueItems: true } },
};
const HARD = table({
  schemas: { branching: BRANCHING },
  fleets: {
    'research/summarizer': fleet({ accepts: { summarize: accept({ input: 'branching', output: 'branching' }) } }),
    'research/backup': fleet(),
  },
});

let api: Served;
beforeAll(async () => {
  api = await served({ scheduling: { table: HARD } });
});
afterAll(async () => {
  await api.close();
});

const SUBMITTER = tokenOf(['submitter'], { tenant: 'research' });
const AGENT = tokenOf(['agent'], { fleet: 'research/summarizer' });

function chain(levels: number, kind: string): JsonObject {
  let value: JsonObject = { kind };
  for (let level = 0; level < levels; level++) value = { next: value, kind };
  return value;
}

const TOO_MUCH_WORK = 'takes more work to check against the schema than one value may: make it smaller, or less deep';

async function refusal(response: Response): Promise<unknown> {
  const { type, status, errors, instance } = (await response.json()) as Record<string, string>;
  const lines = api.audited.filter(({ requestId }) => `urn:request:${requestId}` === instance);
  expect(lines.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['refused', type?.slice(PROBLEM_BASE.length)],
  ]);
  return { status, type: type?.slice(PROBLEM_BASE.length), errors };
}

test('an input that would take as long as its levels double is refused, and nothing of it is kept', async () => {
  const body = { task: 'summarize', input: chain(28, 'c') };
  const answer = await api.request('POST', '/v1/tasks', { as: SUBMITTER, body });
  expect(await refusal(answer)).toEqual({
    status: 422,
    type: 'invalid-input',
    errors: [{ pointer: '/input', detail: TOO_MUCH_WORK }],
  });
  const page = await api.request('GET', '/v1/tasks?fleet=research%2Fsummarizer', { as: SUBMITTER });
  expect(await page.json()).toMatchObject({ tasks: [] });
  const shallow = { task: 'summarize', input: chain(5, 'a') };
  expect((await api.request('POST', '/v1/tasks', { as: SUBMITTER, body: shallow })).status).toBe(201);
});

test('a result that would is refused, and its task goes on to run', async () => {
  await api.scheduler.submit(submission('result'));
  const { tasks } = await pollOnce(api.scheduler);
  const { id = '', token = 0 } = tasks.at(-1) ?? {};
  const path = `/v1/tasks/${id}/complete`;
  const complete = (result: JsonObject): Promise<Response> =>
    api.request('POST', path, { as: AGENT, body: { token, agent: 'a-1', result } });
  expect(await refusal(await complete(chain(28, 'c')))).toEqual({
    status: 422,
    type: 'invalid-result',
    errors: [{ pointer: '/result', detail: TOO_MUCH_WORK }],
  });
  expect((await api.scheduler.task(id))?.state).toBe('running');
  expect((await complete(chain(5, 'b'))).status).toBe(200);
});

test('a pattern that is slow elsewhere, and a long list of different rows, are judged', async () => {
  const texts = fleet({ accepts: { summarize: accept({ input: 'texts' }) } });
  const other = await served({
    scheduling: {
      table: table({ schemas: { texts: TEXTS }, fleets: { 'research/summarizer': texts, 'research/backup': fleet() } }),
    },
  });
  try {
    const submit = (input: JsonObject): Promise<Response> =>
      other.request('POST', '/v1/tasks', { as: SUBMITTER, body: { task: 'summarize', input } });
    expect((await submit({ email: `${'@'.repeat(60_000)} ` })).status).toBe(422);
    expect((await submit({ rows: Array.from({ length: 8000 }, (_, row) => [row]) })).status).toBe(201);
    expect(other.faults).toEqual([]);
  } finally {
    await other.close();
  }
});
