import { afterEach, expect, test } from 'vitest';
import { accept, fleet, route, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

const [MAIN, BACKUP] = ['research/summarizer', 'research/backup'];
const HOUR_MS = 3_600_000;
const LONG = fleet({ accepts: { summarize: accept({ queueMs: HOUR_MS, runMs: HOUR_MS, heartbeatMs: HOUR_MS }) } });
let bench: VirtualBench;
afterEach(() => bench.close());

test('skip: a run goes on counting when another table sends the tasks of the schedule to another fleet', async () => {
  const tableTo = (to: string) => ({
    fleets: { [MAIN]: LONG, [BACKUP]: LONG },
    routes: [route({ to: [{ fleet: to, weight: 100 }] })],
    schedules: [
      {
        ...{ id: 'research/nightly', team: 'research', cron: '* * * * *', tz: 'UTC', task: 'summarize' },
        ...{ input: {}, labels: {}, overlap: 'skip' as const, catchUp: { windowMs: 0, max: 0 } },
      },
    ],
  });
  bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: 200 });
  await bench.start(tableTo(MAIN));
  await bench.clock.pass(45_000);
  expect(await bench.take('a-1')).toHaveLength(1);
  bench.scheduler.use(table({ ...tableTo(BACKUP), digest: 'sha256-2' }));
  await bench.clock.pass(180_000);
  expect(await bench.taken('b-1', { fleet: BACKUP })).toEqual([]);
});
