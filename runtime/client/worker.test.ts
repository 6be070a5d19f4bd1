import { expect, expectTypeOf, test } from 'vitest';
import { client } from './client.ts';
import { SchedulerProblem } from './connection.ts';
import { TaskFailure } from './task-failure.ts';
import { testWorker } from './test-worker.ts';
import { freePort } from './testing/free-port.ts';
import { drained, FLEET, servedFleet, serving } from './testing/served-fleet.ts';
import { worker, type WorkerEvent } from './worker.ts';

interface Tasks {
  readonly summarize: { readonly input: { readonly text: string }; readonly output: { readonly short: string } };
}

/** A scheduler, a client of it, and a way to start workers. */
async function scheduler(changes: Parameters<typeof servedFleet>[0] = {}, drainMs = 1000) {
  const url = await servedFleet(changes, drainMs);
  const events: WorkerEvent[] = [];
  const made = (
    options: {
      readonly slots?: number;
      readonly name?: string;
      readonly httpPort?: number;
      readonly metricsPort?: number;
      readonly observe?: (event: WorkerEvent) => void;
    } = {},
  ) => {
    const one = worker<Tasks>({
      url,
      token: 'dev-token',
      fleet: FLEET,
      name: 'a-1',
      signals: false,
      observe: (event) => events.push(event),
      ...options,
    });
    drained(one);
    return one;
  };
  return { tasks: client<Tasks>({ url, token: 'dev-token' }), made, events, url };
}

test('a worker says how a run ended in the trace of its task', async () => {
  const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const { url } = (await serving({ scheduling: { beginTrace: () => trace } })).api;
  const said: (readonly [path: string, traceparent: string | null])[] = [];
  const recording: typeof fetch = (input, init) => {
    const path = new URL(String(input)).pathname;
    if (/\/(complete|fail)$/.test(path)) said.push([path, new Headers(init?.headers).get('traceparent')]);
    return fetch(input, init);
  };
  const one = worker<Tasks>({ url, token: 'dev-token', fleet: FLEET, name: 'a-1', signals: false, fetch: recording });
  drained(one);
  const running = one.on('summarize', () => ({ short: 'x' })).run();
  const tasks = client<Tasks>({ url, token: 'dev-token' });
  const { id } = await tasks.submit('summarize', { text: 'hello' });
  await tasks.ended(id);
  await expect.poll(() => said).toEqual([[`/v1/tasks/${id}/complete`, trace]]);
  await one.drain();
  await running;
});

test('a task goes from a client to a worker and back, typed on both sides', async () => {
  const { tasks, made, events } = await scheduler();
  const one = made();
  const running = one
    .on('summarize', ({ input, attempt }) => {
      expectTypeOf(input).toEqualTypeOf<{ readonly text: string }>();
      return { short: `${input.text.slice(0, 2)} ${attempt}` };
    })
    .run();
  const { id, status } = await tasks.submit('summarize', { text: 'hello' }, { key: 'k-1' });
  expect(status).toBe('accepted');
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded', result: { short: 'he 1' }, agent: 'a-1' });
  expect(await tasks.submit('summarize', { text: 'hello' }, { key: 'k-1' })).toMatchObject({
    id,
    duplicate: 'repeated',
  });
  expect(events.map(({ kind }) => kind)).toContain('settled');
  await one.drain();
  await running;
});

test('a hook that throws costs no task', async () => {
  const { tasks, made } = await scheduler();
  const warned: string[] = [];
  const note = (warning: Error): number => warned.push(warning.message);
  process.on('warning', note);
  const broken = (): never => {
    throw new Error('no disk for logs');
  };
  void made({ observe: broken })
    .on('summarize', () => ({ short: 'x' }))
    .run();
  const { id } = await tasks.submit('summarize', { text: 'hello' }, { key: 'k-1' });
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded', attempts: 0 });
  await expect.poll(() => warned).toContain("the worker's observe failed at settled: Error: no disk for logs");
  process.off('warning', note);
});

test('a worker whose slots are all taken gets its next task with the completion of the last, and asks again when it got none', async () => {
  const { tasks, made, events } = await scheduler();
  const ids: string[] = [];
  for (const key of ['k-1', 'k-2', 'k-3']) ids.push((await tasks.submit('summarize', { text: key }, { key })).id);
  void made()
    .on('summarize', ({ input }) => ({ short: input.text }))
    .run();
  for (const id of ids) expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded' });
  expect(events.filter(({ kind }) => kind === 'polled')).toHaveLength(1);
  const { id } = await tasks.submit('summarize', { text: 'later' }, { key: 'k-4' });
  expect(await tasks.ended(id)).toMatchObject({ state: 'succeeded' });
});

test('a worker with more slots than tasks come at once gets all of them', async () => {
  const { tasks, made } = await scheduler();
  const one = made({ slots: 70 });
  const all = Array.from({ length: 70 }, (_, index) => tasks.submit('summarize', { text: 'x' }, { key: `k-${index}` }));
  await Promise.all(all);
  let freed = (): void => undefined;
  const free = new Promise<void>((resolve) => (freed = resolve));
  void one.on('summarize', () => free.then(() => ({ short: 'x' }))).run();
  await expect.poll(() => one.state.busy).toBe(70);
  freed();
});

test('an error is a failed attempt of its name, and a final one is not tried again', async () => {
  const { tasks, made } = await scheduler();
  let calls = 0;
  void made({ slots: 2 })
    .on('summarize', ({ input, attempt }) => {
      calls += 1;
      if (input.text === 'final') throw new TaskFailure('denied', 'not for you', { final: true });
      if (attempt === 1) throw new RangeError('try again');
      return { short: 'ok' };
    })
    .run();
  const again = await tasks.submit('summarize', { text: 'again' });
  const final = await tasks.submit('summarize', { text: 'final' });
  expect(await tasks.ended(again.id)).toMatchObject({ state: 'succeeded', attempts: 1 });
  expect(await tasks.ended(final.id)).toMatchObject({ state: 'failed', reason: 'denied' });
  expect(calls).toBe(3);
});

test('heartbeats keep a run that takes longer than its lease, and a cancelled one is told', async () => {
  const { tasks, made } = await scheduler({ heartbeatMs: 1000 });
  const reasons: unknown[] = [];
  void made({ slots: 2 })
    .on('summarize', async ({ input, signal }) => {
      await new Promise((resolve) => {
        setTimeout(resolve, input.text === 'long' ? 2500 : 60_000).unref();
        signal.addEventListener('abort', resolve, { once: true });
      });
      if (signal.aborted) reasons.push(signal.reason);
      signal.throwIfAborted();
      return { short: 'done' };
    })
    .run();
  const long = await tasks.submit('summarize', { text: 'long' });
  const unwanted = await tasks.submit('summarize', { text: 'unwanted' });
  await expect.poll(async () => (await tasks.get(unwanted.id)).state).toBe('running');
  expect(await tasks.cancel(unwanted.id, 'not needed')).toMatchObject({ asked: true });
  expect(await tasks.ended(unwanted.id)).toMatchObject({ state: 'cancelled', reason: 'not needed' });
  expect(await tasks.ended(long.id)).toMatchObject({ state: 'succeeded', attempts: 0, crashes: 0 });
  expect(reasons).toEqual(['cancelled']);
});

test('a task that comes again to the agent that lost its lease keeps the new one, and stops the run of the old one', async () => {
  const assignment = (token: number) => ({
    ...{ id: 't-1', token, task: 'summarize', tenant: 'research', labels: {}, input: { text: 'x' }, attempt: 1 },
    ...{ heartbeatMs: 600, leasedUntil: new Date().toISOString(), dueAt: new Date(Date.now() + 60_000).toISOString() },
  });
  let given = 0;
  let beats: number[] = [];
  const answers: Readonly<
    Record<string, (said: { readonly tasks: readonly { id: string; token: number }[] }) => object>
  > = {
    agents: () => ({ build: 'v1', pollMs: 100, drainMs: 1000 }),
    poll: () => ({ tasks: given < 2 ? [assignment(++given)] : [], drain: false }),
    heartbeat: ({ tasks }) => {
      beats.push(...tasks.map(({ token }) => token));
      return { tasks: tasks.map(({ id }) => ({ id, lease: 'held', cancel: false })), drain: false };
    },
    complete: () => ({ id: 't-1', state: 'succeeded', repeated: false }),
    drain: () => ({}),
  };
  const scripted: typeof fetch = async (input, init) => {
    const call = /\/(\w+)(?:\?|$)/.exec(new URL(String(input)).pathname)?.[1] ?? '';
    if (call === 'poll') await new Promise((resolve) => setTimeout(resolve, 50));
    return Response.json(answers[call]?.(JSON.parse(String(init?.body ?? '{}'))));
  };
  const ended: unknown[] = [];
  const one = worker<Tasks>({
    ...{ url: 'http://scheduler', token: 't', fleet: FLEET, name: 'a-1', slots: 2, signals: false, fetch: scripted },
    observe: (event) => {
      if (event.kind === 'settled') ended.push([event.task.token, event.settled]);
    },
  });
  drained(one);
  let finish = (): void => undefined;
  const running = one
    .on('summarize', async ({ token, signal }) => {
      await new Promise<void>((resolve) => {
        if (token === 2) finish = resolve;
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      signal.throwIfAborted();
      return { short: 'done' };
    })
    .run();
  await expect.poll(() => ended).toEqual([[1, 'stale']]);
  beats = [];
  await expect.poll(() => beats, { timeout: 3000 }).toContain(2);
  expect(beats).not.toContain(1);
  expect(one.state.busy).toBe(1);
  finish();
  await expect
    .poll(() => ended)
    .toEqual([
      [1, 'stale'],
      [2, 'completed'],
    ]);
  await one.drain();
  await running;
});

test('a draining worker finishes what it can, gives back the rest at once, and takes nothing more', async () => {
  const { tasks, made } = await scheduler({}, 300);
  const first = made({ slots: 2 });
  const running = first
    .on('summarize', async ({ input, signal }) => {
      if (input.text === 'short') await new Promise((resolve) => setTimeout(resolve, 100));
      else
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true }),
        );
      return { short: input.text };
    })
    .run();
  const short = await tasks.submit('summarize', { text: 'short' });
  const long = await tasks.submit('summarize', { text: 'long' });
  await expect.poll(async () => (await tasks.get(long.id)).state).toBe('running');
  await first.drain();
  await running;
  expect(first.state).toMatchObject({ phase: 'ended', busy: 0 });
  expect(await tasks.get(short.id)).toMatchObject({ state: 'succeeded' });
  expect(await tasks.get(long.id)).toMatchObject({ state: 'ready', attempts: 0, crashes: 0 });
  void made({ name: 'a-2' })
    .on('summarize', ({ input }) => ({ short: input.text }))
    .run();
  expect(await tasks.ended(long.id)).toMatchObject({ state: 'succeeded', agent: 'a-2' });
});

test('a pod’s probes, its drain and its metrics are answered', async () => {
  const { tasks, made } = await scheduler();
  const [httpPort, metricsPort] = [await freePort(), await freePort()];
  const running = made({ httpPort, metricsPort })
    .on('summarize', () => ({ short: '' }))
    .run();
  const ask = (path: string) => fetch(`http://127.0.0.1:${httpPort}${path}`);
  await expect.poll(async () => (await ask('/healthz/ready').catch(() => undefined))?.status).toBe(200);
  expect((await ask('/healthz/live')).status).toBe(200);
  expect((await ask('/v1/tasks')).status).toBe(404);
  const { id } = await tasks.submit('summarize', { text: 'x' });
  await tasks.ended(id);
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  expect(text).toContain('nova_agent_polls_total{outcome="task"} 1');
  expect(text).toMatch(/nova_agent_handler_duration_seconds_count\{task="summarize"\} 1/);
  expect(text).toContain('nova_agent_slots{state="free"} 1');
  expect(await (await ask('/drain')).text()).toBe('drained\n');
  await running;
});

test('a worker whose fleet nobody knows says so and ends', async () => {
  const { url } = await scheduler();
  const lost = worker({ url, token: 'dev-token', fleet: 'research/nobody', signals: false });
  await expect(lost.run()).rejects.toMatchObject({
    name: 'WorkerRefused',
    status: 404,
    message: expect.stringMatching(
      /^the scheduler refuses work to \S+-\d+ of research\/nobody \(404\): There is no such thing; see whether the routing table has the fleet/,
    ) as unknown,
  });
  expect(() => worker({ url })).toThrow('no fleet: give `fleet` as team/name, or set NOVA_TORCH_FLEET');
  expect(() => client()).toThrow('no scheduler: give `url`, or set NOVA_TORCH_SCHEDULER_URL');
});

test('a worker that finds no scheduler says so while it asks again', async () => {
  const told: WorkerEvent[] = [];
  const url = `http://127.0.0.1:${await freePort()}`;
  const one = worker({ url, fleet: FLEET, signals: false, observe: (event) => told.push(event) });
  const running = one.run();
  await expect.poll(() => told).toMatchObject([{ call: 'register', error: { name: 'SchedulerUnreachable' } }]);
  await one.drain();
  await running;
});

test('when one scheduler does not answer, the next is asked', async () => {
  const { url } = await scheduler();
  const dead = `http://127.0.0.1:${await freePort()}`;
  const tasks = client<Tasks>({ url: [dead, url], token: 'dev-token' });
  expect(await tasks.submit('summarize', { text: 'x' })).toMatchObject({ status: 'accepted' });
  const alone = client<Tasks>({ url: dead, token: 'dev-token', patienceMs: 200 });
  await expect(alone.submit('summarize', { text: 'x' })).rejects.toMatchObject({ name: 'SchedulerUnreachable' });
});

test('a refusal keeps its name and its places', async () => {
  const { url } = await scheduler();
  const tasks = client({ url, token: 'dev-token' });
  const refused = await tasks.submit('unheard_of', {}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SchedulerProblem);
  expect(refused).toMatchObject({ status: 422, problem: 'no-route' });
});

test('handlers are tested without a scheduler: results, failures, refusals, stops', async () => {
  const tested = testWorker(
    worker<Tasks>({ url: 'http://nowhere', fleet: FLEET }).on('summarize', async ({ input, signal }) => {
      if (input.text === 'bad') throw new TaskFailure('invalid_input', 'empty', { retryAfterMs: 5 });
      if (input.text === 'slow')
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      signal.throwIfAborted();
      return { short: 'ok' };
    }),
  );
  expect(await tested.run('summarize', { text: 'x' })).toEqual({ settled: 'completed', result: { short: 'ok' } });
  expect(await tested.run('summarize', { text: 'bad' })).toEqual({
    settled: 'failed',
    failure: { error: 'invalid_input', message: 'empty', retryAfterMs: 5 },
  });
  expect(await tested.run('summarize', { text: 'slow' }, { stop: { afterMs: 5, reason: 'drained' } })).toEqual({
    settled: 'released',
  });
  expect(await tested.run('summarize', { text: 'slow' }, { stop: { afterMs: 5, reason: 'lost' } })).toEqual({
    settled: 'stale',
  });
  const refuse = [{ pointer: '/short', detail: 'is too short' }];
  expect(await tested.run('summarize', { text: 'x' }, { refuse })).toEqual({
    settled: 'failed',
    failure: { error: 'InvalidResult', message: 'invalid-result; /short is too short' },
  });
  expect(await tested.run('summarize', { text: 'x' }, { stale: true })).toEqual({ settled: 'stale' });
  expect(await testWorker(worker({ url: 'http://nowhere', fleet: FLEET })).run('other', {})).toMatchObject({
    settled: 'failed',
    failure: { error: 'NoHandler' },
  });
});

test('a tested handler is given and gives what goes over the wire: what is no JSON fails there, too', async () => {
  const input = { text: 'x', at: new Date(0) };
  const tested = testWorker(
    worker({ url: 'http://nowhere', fleet: FLEET })
      .on('any', ({ input: given }) => {
        (given as Record<string, unknown>)['text'] = 'changed';
        return [given['at'] ?? null, new Map(), undefined] as never;
      })
      .on('big', () => 7n as never),
  );
  expect(await tested.run('any', input as never)).toEqual({
    settled: 'completed',
    result: ['1970-01-01T00:00:00.000Z', {}, null],
  });
  expect(input.text).toBe('x');
  expect(await tested.run('big', {})).toMatchObject({ settled: 'failed', failure: { error: 'InvalidResult' } });
});
