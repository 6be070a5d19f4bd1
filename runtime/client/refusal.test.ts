import { expect, test } from 'vitest';
import { client } from './client.ts';
import { SchedulerProblem, SchedulerUnreachable } from './connection.ts';
import { Refusal } from './refusal.ts';
import { drained, FLEET, servedFleet } from './testing/served-fleet.ts';
import { worker, type WorkerEvent, type WorkerOptions } from './worker.ts';

/** A scheduler whose answers to a worker are replaced by what `instead` gives for the end of a path. */
async function refusing(
  instead: (verb: string) => Response | undefined,
  { heartbeatMs = 1500, ...options }: WorkerOptions & { readonly heartbeatMs?: number } = {},
) {
  const url = await servedFleet({ heartbeatMs });
  const events: WorkerEvent[] = [];
  const agent = worker({
    ...{ url, token: 'dev-token', fleet: FLEET, name: 'a-1', slots: 2, signals: false },
    observe: (event) => events.push(event),
    fetch: (input, init) => {
      const verb = /\/([a-z]+)(\?|$)/.exec(String(input))?.[1] ?? '';
      const answer = instead(verb);
      return answer === undefined ? fetch(input, init) : Promise.resolve(answer);
    },
    ...options,
  }).on('summarize', async ({ input }) => {
    await new Promise((resolve) => setTimeout(resolve, Number(input['runMs'] ?? 0)));
    return { short: 'ok' };
  });
  drained(agent);
  return { tasks: client({ url, token: 'dev-token' }), agent, events };
}

const refused = (status: number): Response =>
  new Response(JSON.stringify({ type: 'https://nova-torch.dev/problems/no', title: 'No' }), { status });
const hasBegun = (events: readonly WorkerEvent[]): boolean => events.some(({ kind }) => kind === 'started');

test('what runs is kept and finished while polls are refused, and then there is work again', async () => {
  let polls = 0;
  const { tasks, agent, events } = await refusing((verb) => {
    if (verb !== 'poll' || !hasBegun(events) || polls > 2) return undefined;
    polls += 1;
    return refused(401);
  });
  const running = agent.run();
  const { id } = await tasks.submit('summarize', { text: 'long', runMs: 2500 });
  await expect.poll(() => hasBegun(events)).toBe(true);
  const after = await tasks.submit('summarize', { text: 'after' });
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
  expect(await tasks.ended(after.id)).toMatchObject({ state: 'succeeded' });
  expect(polls).toBe(3);
  const told = events.flatMap((event) => (event.kind === 'polled' && event.outcome === 'error' ? [event.error] : []));
  expect(told).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ status: 401 }) as unknown));
  await agent.drain();
  await running;
});

test('a worker that is refused for long ends when nothing runs any more, and says why', async () => {
  const { tasks, agent, events } = await refusing(
    (verb) => (verb === 'poll' && hasBegun(events) ? refused(404) : undefined),
    { refusedMs: 100 },
  );
  let settledBefore: boolean | undefined;
  const running = agent.run().catch((error: unknown) => {
    settledBefore = events.some(({ kind }) => kind === 'settled');
    return error;
  });
  const { id } = await tasks.submit('summarize', { text: 'long', runMs: 1500 });
  const error = await running;
  expect(error).toMatchObject({ name: 'WorkerRefused', status: 404 });
  expect(String(error)).toMatch(
    /^WorkerRefused: the scheduler refuses work to a-1 of research\/summarizer for \d s \(404\): No; see whether the routing table has the fleet and this build of it$/,
  );
  expect(settledBefore).toBe(true);
  expect(await tasks.get(id)).toMatchObject({ state: 'succeeded' });
});

test('an end is said again until there is a final answer, whatever comes instead', async () => {
  const bad = [
    () => refused(401),
    () => refused(403),
    () => refused(500),
    () => new Response('{"id": "t', { status: 200 }),
    () => refused(408),
  ];
  const { tasks, agent, events } = await refusing((verb) => (verb === 'complete' ? bad.shift()?.() : undefined));
  void agent.run();
  const { id } = await tasks.submit('summarize', { text: 'x' });
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded', result: { short: 'ok' }, attempts: 0 });
  await expect.poll(() => events.find(({ kind }) => kind === 'settled')).toMatchObject({ settled: 'completed' });
  expect(bad).toEqual([]);
  expect(events.filter(({ kind }) => kind === 'retried').length).toBeGreaterThan(1);
});

test.each([
  ['were refused are sent again after a while', 403, (ms: number) => ms > 500],
  ['failed are sent again at once', 503, (ms: number) => ms < 500],
])('heartbeats that %s, and it is told once why', async (_, status, isMeant) => {
  const beatsMs: number[] = [];
  const { tasks, agent, events } = await refusing(
    (verb) => {
      if (verb !== 'heartbeat' || beatsMs.length > 1) return undefined;
      beatsMs.push(performance.now());
      return beatsMs.length === 1 ? refused(status) : undefined;
    },
    { heartbeatMs: 6000 },
  );
  void agent.run();
  const { id } = await tasks.submit('summarize', { text: 'x', runMs: 3500 });
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
  const [first = 0, second = 0] = beatsMs;
  expect(second - first).toSatisfy(isMeant);
  expect(events.filter(({ kind }) => kind === 'retried')).toMatchObject([{ call: 'heartbeat', error: { status } }]);
});

test('only a refusal without an end counts, and one that cannot pass at once', () => {
  const refusal = new Refusal('a-1 of a/b', 1000);
  const problem = (status: number) => new SchedulerProblem(status, {}, undefined);
  expect(refusal.note(problem(401), 0)).toBeUndefined();
  expect(refusal.note(problem(404), 999)).toBeUndefined();
  expect(refusal.note(problem(401), 1000)).toMatchObject({ status: 401 });
  expect(refusal.note(new SchedulerUnreachable('http://a', {}), 1500)).toBeUndefined();
  expect(refusal.note(problem(403), 1600)).toBeUndefined();
  refusal.end();
  expect(refusal.note(problem(403), 2700)).toBeUndefined();
  expect(refusal.note(problem(429), 9000)).toBeUndefined();
  expect(refusal.note(problem(503), 9000)).toBeUndefined();
  expect(refusal.note(problem(400), 9000)?.message).toBe(
    'the scheduler refuses work to a-1 of a/b (400): the scheduler answers 400',
  );
});
