import { afterEach, expect, test } from 'vitest';
import { systemClock } from './clock.ts';
import { AGENT, Bench, fleet, pollOnce, submission, table } from './testing/bench.ts';

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

test(
  'a task that waits for a build which the table no longer has goes to one that it has',
  { timeout: 20_000 },
  async () => {
    const bench = new Bench();
    benches.push(bench);
    const later = { ms: 0 };
    const clock = { ...systemClock, nowMs: () => Date.now() + later.ms };
    const canary = table({ digest: 'sha256-2', fleets: { 'research/summarizer': fleet({ builds: { v2: 10_000 } }) } });
    const scheduler = await bench.start('s-0', { table: canary, clock });
    await scheduler.submit(submission('k-1'));
    scheduler.use(table());
    expect((await pollOnce(scheduler, { waitMs: 200 })).tasks).toEqual([]);
    later.ms = 40_000;
    expect((await pollOnce(scheduler, { waitMs: 5000, agent: { ...AGENT, name: 'a-2' } })).tasks).toHaveLength(1);
  },
);
