import { afterEach, expect, test } from 'vitest';
import { AGENT, Bench, pollOnce, route, submission, table } from './testing/bench.ts';

const bench = new Bench();
afterEach(() => bench.close());

test('a fleet that a thousand routes lead to is served, and what waits and runs in any of them is seen', async () => {
  const routes = Array.from({ length: 1000 }, (_, n) =>
    route({ id: `research/r-${n}`, tasks: n === 999 ? ['summarize'] : [`other-${n}`] }),
  );
  const scheduler = await bench.start('s-0', { table: table({ routes }) });
  for (const key of ['k-1', 'k-2']) {
    expect(await scheduler.submit(submission(key))).toMatchObject({
      kind: 'accepted',
      response: { route: 'research/r-999' },
    });
  }
  const seen = () => scheduler.gauges().find(({ fleet }) => fleet === AGENT.fleet);
  await expect.poll(() => seen()?.routes.get('research/r-999')?.waiting).toBe(2);
  expect((await pollOnce(scheduler)).tasks).toHaveLength(1);
  expect(await scheduler.fleet(AGENT.fleet)).toMatchObject({ waiting: 1, running: 1 });
  await expect.poll(() => seen()?.slots.busy).toBe(1);
});
