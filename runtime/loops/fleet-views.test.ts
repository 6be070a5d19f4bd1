import { afterEach, expect, test } from 'vitest';
import { AGENT, Bench, pollOnce, submission } from './testing/bench.ts';

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
