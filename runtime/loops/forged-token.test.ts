import { afterEach, expect, test } from 'vitest';
import { AGENT, Bench, pollOnce, route, submission, table } from './testing/bench.ts';

const bench = new Bench();
afterEach(() => bench.close());

test('a token that nobody has handed out raises no others: neither here nor in another fleet, nor after a restart', async () => {
  const other = { fleet: 'research/backup', name: 'b-1' };
  const routes = [
    route({ id: 'research/other', labels: { to: 'backup' }, to: [{ fleet: other.fleet, weight: 1 }] }),
    route(),
  ];
  const scheduler = await bench.start('s-0', { table: table({ routes }) });
  await scheduler.submit(submission('k-1'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const { id, token } = task ?? { id: '', token: 0 };
  await scheduler.fail({ id, token, agent: AGENT }, { error: 'Busy', retryAfterMs: 10_000 });
  await scheduler.complete({ id, token: Number.MAX_SAFE_INTEGER, agent: AGENT }, 'r');
  const next = async (key: string) => {
    const { request, ...rest } = submission(key);
    await scheduler.submit({ ...rest, request: { ...request, labels: { to: 'backup' } } });
    return (await pollOnce(scheduler, { agent: other })).tasks[0]?.token ?? Infinity;
  };
  expect(await next('k-2')).toBeLessThan(token + 60_000_000);
  await scheduler.close();
  bench.running.splice(0);
  const again = await bench.start('s-0', { table: table({ routes }) });
  await expect.poll(() => again.status().store).toBe('up');
  await again.submit(submission('k-3'));
  expect((await pollOnce(again)).tasks[0]?.token).toBeLessThan(token + 600_000_000);
});
