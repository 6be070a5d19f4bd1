import { afterEach, expect, test } from 'vitest';
import { closePushed, PATIENT, pushed, reply, submitted, view } from './testing/pushed.ts';

afterEach(closePushed);

test('a task with external effects whose agent gives no answer is not begun again; where nobody was reached it is', async () => {
  let calls = 0;
  const reasons: unknown[] = [];
  const { scheduler, tables, submit } = await pushed(
    ({ response }) => {
      calls += 1;
      response.destroy();
    },
    { effects: 'external', attempts: 3 },
    { observer: { warning: (_, { because }) => reasons.push(because) } },
  );
  const id = await submit();
  await expect.poll(() => calls).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await scheduler.task(id)).toMatchObject({ state: 'running', attempts: 0 });
  expect(calls).toBe(1);

  scheduler.use(tables.nowhere);
  const other = await submitted(scheduler, 'k-2');
  await expect.poll(async () => (await scheduler.task(other))?.reason).toBe('nobody-there');
  expect(await scheduler.task(other)).toMatchObject({ attempts: 0, crashes: 0 });
  expect(reasons).toEqual(['connect ECONNREFUSED 127.0.0.1:2']);
  scheduler.use(tables.push);
  await expect.poll(() => calls, { timeout: 5000 }).toBe(2);
});

const ENVOY = { server: 'envoy', 'content-type': 'text/plain' };
const RESET = 'upstream connect error or disconnect/reset before headers. reset reason:';

test.for<readonly [what: string, status: number, body: string, headers: Readonly<Record<string, string>>]>([
  ['that its connection broke', 503, `${RESET} connection termination`, ENVOY],
  ['that it was too slow', 504, 'upstream request timeout', ENVOY],
  ['that it broke off', 502, '', {}],
  ['503 and no more', 503, 'Service Unavailable', {}],
])(
  'a task with external effects of whose agent a proxy says %s is not begun again',
  async ([, status, body, headers]) => {
    let calls = 0;
    const { scheduler, submit } = await pushed(
      ({ response }) => {
        calls += 1;
        reply(response, status, body, headers);
      },
      { ...PATIENT, effects: 'external', attempts: 3 },
    );
    const id = await submit();
    await expect.poll(() => calls).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(await scheduler.task(id)).toMatchObject({ state: 'running', attempts: 0 });
    expect(calls).toBe(1);
  },
);

test.for<readonly [what: string, status: number, body: string, headers: Readonly<Record<string, string>>]>([
  ['a proxy of the mesh found nobody', 503, `${RESET} remote connection failure`, ENVOY],
  ['the agent says when to come back', 503, '', { 'retry-after': '1' }],
  ['the agent has no room', 429, '', {}],
])(
  'where %s a task with external effects comes again, and no attempt is counted',
  async ([, status, body, headers]) => {
    let calls = 0;
    const { scheduler, submit } = await pushed(
      ({ response }) => {
        calls += 1;
        if (calls === 1) reply(response, status, body, headers);
        else reply(response, 200, '1');
      },
      { ...PATIENT, effects: 'external' },
    );
    expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ attempts: 0, result: 1 });
  },
);

test('a proxy of the mesh that finds nobody is told once, and judges the build as a refused connection does', async () => {
  let isAway = true;
  const told: unknown[] = [];
  const { scheduler, submit } = await pushed(
    ({ response }) => {
      if (isAway) reply(response, 503, 'no healthy upstream', ENVOY);
      else reply(response, 200, '1');
    },
    PATIENT,
    { observer: { warning: (_, { because }) => told.push(because) } },
  );
  const id = await submit();
  await expect.poll(async () => (await scheduler.task(id))?.reason).toBe('nobody-there');
  isAway = false;
  expect(await view(scheduler, id, 'succeeded')).toMatchObject({ attempts: 0, result: 1 });
  expect(told).toEqual(['no healthy upstream']);
});

test.each([502, 503, 504])('a task that may be begun twice is begun again after %i of a proxy', async (status) => {
  let calls = 0;
  const { scheduler, submit } = await pushed(({ response }) => {
    calls += 1;
    if (calls === 1) reply(response, status, `${RESET} connection termination`, ENVOY);
    else reply(response, 200, '1');
  }, PATIENT);
  expect(await view(scheduler, await submit(), 'succeeded')).toMatchObject({ result: 1 });
});

test('work with external effects whose result cannot be taken is not done again', async () => {
  let calls = 0;
  const { scheduler, submit } = await pushed(
    ({ response }) => {
      calls += 1;
      reply(response, 200, 'sent');
    },
    { ...PATIENT, effects: 'external', attempts: 3 },
  );
  const id = await submit();
  expect(await view(scheduler, id, 'failed')).toMatchObject({ reason: 'InvalidResult', attempts: 1 });
  expect(calls).toBe(1);
});
