import { afterEach, expect, test } from 'vitest';
import { fleet, route, table } from './testing/bench.ts';
import { LONG, schedule } from './testing/scheduled.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

const [MAIN, BACKUP] = ['research/summarizer', 'research/backup'];
const accepts = { summarize: LONG };
let bench: VirtualBench;
afterEach(() => bench.close());

test('skip: a run goes on counting when another table sends the tasks of the schedule to another fleet', async () => {
  const tableTo = (to: string) => ({
    fleets: { [MAIN]: fleet({ accepts }), [BACKUP]: fleet({ accepts }) },
    routes: [route({ to: [{ fleet: to, weight: 100 }] })],
    schedules: [schedule({ overlap: 'skip' })],
  });
  bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: 200 });
  await bench.start(tableTo(MAIN));
  await bench.clock.pass(45_000);
  expect(await bench.take('a-1')).toHaveLength(1);
  bench.scheduler.use(table({ ...tableTo(BACKUP), digest: 'sha256-2' }));
  await bench.clock.pass(180_000);
  expect(await bench.taken('b-1', { fleet: BACKUP })).toEqual([]);
});
