import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import { client } from './client.ts';
import { runTask } from './run-task.ts';
import { TaskFailure } from './task-failure.ts';
import { drained, FLEET, servedFleet } from './testing/served-fleet.ts';
import { worker, type WorkerEvent } from './worker.ts';

/** What becomes of a task at a real scheduler when its handler does this: how the first run ended, and what is told of it. */
async function firstRun(handler: () => unknown) {
  const url = await servedFleet();
  const events: WorkerEvent[] = [];
  const said: Record<string, unknown>[] = [];
  const recording: typeof fetch = (input, init) => {
    if (String(input).includes('/fail?')) said.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
    return fetch(input, init);
  };
  const observe = (event: WorkerEvent): unknown => events.push(event);
  const options = { url, token: 'dev-token', fleet: FLEET, name: 'a-1', signals: false, observe, fetch: recording };
  const agent = worker(options).on('summarize', handler as never);
  drained(agent);
  void agent.run();
  const { id } = await client({ url, token: 'dev-token' }).submit('summarize', { text: 'x' });
  const ended = () => events.find((event) => event.kind === 'settled' && event.task.id === id);
  await expect.poll(ended, { timeout: 5000 }).toBeDefined();
  const { agent: _, token: __, ...told } = said[0] ?? {};
  return { settled: ended(), told };
}

/** A run without a scheduler; `settle` hears how it ended. */
function running(handler: (task: { readonly signal: AbortSignal }) => unknown, settle = () => Promise.resolve({})) {
  const task = { id: 't-1', token: 1, task: 'summarize', dueAt: '2030-01-01T00:00:00Z' } as Assignment;
  return runTask(task, handler, settle, { fleet: FLEET, agent: 'a-1' });
}

test('what comes to a worker on its way out is given back and not begun', async () => {
  let begun = 0;
  const run = running(() => (begun += 1));
  run.stop('drained');
  expect([await run.over, begun]).toEqual(['released', 0]);
});

test('a handler that is done is not asked to end, whatever is heard of its lease meanwhile', async () => {
  let signal: AbortSignal | undefined;
  const run = running(
    (task) => (signal = task.signal),
    () => {
      run.stop('lost');
      return Promise.resolve({});
    },
  );
  expect([await run.over, signal?.aborted]).toEqual(['completed', false]);
});

const throwing = (error: unknown) => (): never => {
  throw error;
};
const SMILE = '\u{1f642}';

test.each<[what: string, handler: () => unknown, told: object]>([
  ['a text', throwing('full'), { error: 'Error', message: 'full' }],
  ['nothing', throwing(undefined), { error: 'Error', message: 'undefined' }],
  ['an object without a prototype', throwing(Object.create(null)), { error: 'Error', message: '{}' }],
  ['an answer of some library', throwing({ status: 429 }), { error: 'Error', message: '{"status":429}' }],
  [
    'an error whose message is none',
    throwing(Object.assign(new Error(), { message: { a: 1 } })),
    { message: '{"a":1}' },
  ],
  [
    'an error of another realm',
    throwing(runInNewContext('new RangeError("far")')),
    { error: 'RangeError', message: 'far' },
  ],
  [
    'an error with a name that is no word',
    throwing(Object.assign(new Error('x'), { name: 'not a word' })),
    { error: 'Error' },
  ],
  [
    'an object that does not let itself be read',
    throwing(Object.defineProperty({}, 'message', { get: throwing(new Error('no')) })),
    { error: 'Error', message: 'what was thrown says nothing of itself' },
  ],
  [
    'a message that is cut within a character',
    throwing(new Error(`${'x'.repeat(1999)}${SMILE}`)),
    { message: `${'x'.repeat(1999)}\ufffd` },
  ],
  [
    'a time that is none',
    throwing(new TaskFailure('busy', 'x', { retryAfterMs: Number.NaN })),
    { error: 'busy', message: 'x' },
  ],
  ['a time before now', throwing(new TaskFailure('busy', 'x', { retryAfterMs: -5 })), { retryAfterMs: 0 }],
  [
    'a time without an end',
    throwing(new TaskFailure('busy', 'x', { retryAfterMs: Infinity })),
    { retryAfterMs: 86_400_000 },
  ],
])('a handler that throws %s is a failed attempt, and what it says is told', async (_, handler, told) => {
  const { settled, told: said } = await firstRun(handler);
  expect(settled).toMatchObject({ settled: 'failed' });
  expect(said).toMatchObject(told);
});

const circle = (): unknown => {
  const value: Record<string, unknown> = {};
  value['own'] = value;
  return value;
};

const deep = (): unknown => {
  let value: unknown = [];
  for (let depth = 0; depth < 100_000; depth += 1) value = [value];
  return value;
};

test.each<[what: string, handler: () => unknown, message: RegExp]>([
  ['has a value that JSON has not', () => 7n, /^the result is no JSON: .*BigInt/],
  ['goes round in a circle', circle, /^the result is no JSON: .*circular/],
  ['is nested too deeply', deep, /^the result is no JSON: Maximum call stack/],
  ['throws when it is written', () => ({ toJSON: throwing(new Error('not now')) }), /^the result is no JSON: not now$/],
  ['has half a character', () => ({ short: '\ud83d' }), /half a character/],
])('a result that %s is a failed attempt, at once', async (_, handler, message) => {
  const { settled, told } = await firstRun(handler);
  expect(settled).toMatchObject({ settled: 'failed' });
  expect(told).toMatchObject({ error: 'InvalidResult', message: expect.stringMatching(message) as unknown });
});
