import { afterEach, expect, test } from 'vitest';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';
import { whyOfTwo } from './testing/why-of-two.ts';

test('a breaker that is open at one scheduler is shown by both, with where and since when, and closed by both afterwards', async () => {
  const { clock, here, there, accepted, take, close } = await whyOfTwo();
  const builds = async () => {
    await clock.pass(1000);
    const shown = await clock.until(Promise.all([here, there].map((one) => one.fleet(AGENT.fleet))));
    expect(shown[1]?.builds).toEqual(shown[0]?.builds);
    return shown[0]?.builds;
  };
  const closed = { build: 'v1', weight: 1, draining: false, breaker: 'closed' };
  expect(await builds()).toEqual([closed]);
  for (let n = 0; n < 12; n += 1) await accepted(`k-${n}`);
  for (let n = 0; n < 10; n += 1) await clock.until(here.fail(await take(), { error: 'BadInput' }));
  const failedMs = clock.nowMs();
  const [open] = (await builds()) ?? [];
  expect(open).toMatchObject({ ...closed, breaker: 'open', breakerAt: ['s-0'] });
  expect(Math.abs(Date.parse(open?.breakerSince ?? '') - failedMs)).toBeLessThan(100);
  expect(Date.parse(open?.breakerUntil ?? '') - Date.parse(open?.breakerSince ?? '')).toBe(30_000);
  await clock.pass(30_000);
  const after = await clock.until(there.fleet(AGENT.fleet));
  expect(after?.builds).toEqual([closed]);
  await close();
});

const bench = new Bench(['s-0', 's-1']);
afterEach(() => bench.close());

test('every scheduler shows as busy what runs at any of them: scalers ask whichever says most', async () => {
  const schedulers = [await bench.start('s-0'), await bench.start('s-1')] as const;
  const busy = (): readonly (number | undefined)[] =>
    schedulers.map((one) => one.gauges().find(({ fleet }) => fleet === AGENT.fleet)?.slots.busy);
  for (let count = 0; count < 5; count += 1) await schedulers[0].submit(submission(`k-${count}`));
  // The same agent polls here and there, as callers of a Service do.
  const { tasks } = await pollOnce(schedulers[0], { free: 3 });
  expect(tasks).toHaveLength(3);
  expect((await pollOnce(schedulers[1], { free: 1 })).tasks).toHaveLength(1);
  await expect.poll(busy).toEqual([4, 4]);
  for (const { id, token } of tasks) await schedulers[1].complete({ id, token, agent: AGENT }, 'r');
  await expect.poll(busy).toEqual([1, 1]);
});
