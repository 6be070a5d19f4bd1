import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { TaskFailure } from '../client/task-failure.ts';
import { worker } from '../client/worker.ts';
import { CHECKS, type CheckId, type Verdict } from './checks.ts';
import { conform } from './conform.ts';
import { plainAgent, type Fault } from './testing/plain-agent.ts';

let end = (): unknown => undefined;
afterEach(() => end());

/** What becomes of an agent that is started when the scheduler listens. */
function judged(start: (url: string) => void, timeoutMs = 30_000): Promise<readonly Verdict[]> {
  return conform({ host: '127.0.0.1', port: 0, timeoutMs, stop: new AbortController().signal, onListening: start });
}

const failures = (verdicts: readonly Verdict[]) => verdicts.filter(({ passed }) => !passed);

test('a worker of our own client does what an agent must', { timeout: 60_000 }, async () => {
  const verdicts = await judged((url) => {
    const agent = worker({ url, fleet: 'conform/conform', name: 'a', slots: 2, signals: false });
    void agent
      .on('conform', async ({ input, signal }) => {
        if (input['do'] === 'fail') throw new TaskFailure('asked', 'to fail');
        if (input['do'] === 'wait') await new Promise((go) => signal.addEventListener('abort', go, { once: true }));
        signal.throwIfAborted();
        return { value: input['value'] ?? null };
      })
      .run();
    end = () => agent.drain();
  });
  expect(failures(verdicts)).toEqual([]);
  expect(verdicts.map(({ check }) => check)).toEqual(Object.keys(CHECKS));
});

test('the agent in plain Python does as well', { timeout: 60_000 }, async ({ skip }) => {
  if (spawnSync('python3', ['--version']).status !== 0) skip('python3 is not here');
  const verdicts = await judged((url) => {
    const env = { ...process.env, NOVA_TORCH_SCHEDULER_URL: url, NOVA_TORCH_FLEET: 'conform/conform' };
    const child = spawn('python3', [resolve('docs/examples/agent.py')], { env, stdio: 'ignore' });
    end = () => child.kill('SIGKILL');
  });
  expect(failures(verdicts)).toEqual([]);
});

/** An agent of the test, with one fault or none, that ends with it. */
async function plainJudged(fault?: Fault): Promise<readonly Verdict[]> {
  const stop = new AbortController();
  end = () => stop.abort();
  return judged((url) => void plainAgent(url, stop.signal, fault).catch(() => undefined), 10_000);
}

test('an agent of a few lines can do all that is asked for', { timeout: 30_000 }, async () => {
  expect(failures(await plainJudged())).toEqual([]);
});

/** Nothing of the last task, after which an agent is told to drain. */
const NEVER = { heartbeat: 'it did not happen', cancel: 'it did not happen', drain: 'it did not happen' };

test.each<[Fault, Partial<Record<CheckId, unknown>>]>([
  ['fails what was cut off', { cut: 'it said fail with {"agent":"plain","token":1000003,"error":"IncompleteRead"}' }],
  ['drops what is refused', { invalid: 'it was dropped in silence' }],
  ['ends when it is denied', { denied: 'it did not ask again', ...NEVER }],
  ['beats no more when denied', { denied: 'what it ran was not kept', ...NEVER }],
])('an agent that %s is found out', { timeout: 30_000 }, async (fault, wanted) => {
  const found = failures(await plainJudged(fault)).map(({ check, found: says }) => [check, says]);
  expect(Object.fromEntries(found)).toEqual(wanted);
});

test('an agent that knows none of the rules is told each one', { timeout: 30_000 }, async () => {
  const verdicts = await judged((url) => {
    const call = (path: string, body: unknown) =>
      fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) }).catch(() => undefined);
    const agent = '/v1/agents/conform/conform/a';
    void (async () => {
      await call(`${agent}/poll`, { free: 5 });
      await call(`${agent}/poll`, { free: 5 });
      await call(`${agent}/poll`, { free: 5 });
      await call('/v1/tasks/answer/complete', { agent: 'a', token: 1, result: {} });
    })();
  }, 3000);
  expect(Object.fromEntries(verdicts.map(({ check, passed, found }) => [check, passed || found]))).toEqual({
    register: 'it asked for work first',
    poll: 'it asked for 5 with 0 running in 0 slots',
    complete: 'complete of answer came with {"agent":"a","token":1,"result":{}}',
    again: 'it did not happen',
    cut: 'it did not happen',
    failure: 'it did not happen',
    retryAfter: expect.stringMatching(/^it came back after \d+ ms$/) as string,
    heartbeat: 'it did not happen',
    cancel: 'it did not happen',
    stale: 'it did not happen',
    invalid: 'it did not happen',
    denied: 'it did not happen',
    drain: 'it did not happen',
  });
});
