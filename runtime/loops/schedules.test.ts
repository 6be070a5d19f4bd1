import { afterEach, expect, test } from 'vitest';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { pollOnce, table } from './testing/bench.ts';
import { HOUR_MS, MINUTE_MS, scheduledTable } from './testing/scheduled.ts';
import { twoInVirtualTime } from './testing/two-in-virtual-time.ts';
import { VirtualBench } from './testing/virtual-bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/** What becomes of the times of a schedule while the store is away from a scheduler that runs. */
const SECOND_MS = 1000;
const TICK_MS = 500;

let close = (): Promise<unknown> => Promise.resolve();
afterEach(() => close());

const HOURLY: Partial<TableSchedule> = {
  id: 'research/hourly',
  cron: '0 * * * *',
  overlap: 'skip',
  catchUp: { windowMs: HOUR_MS, max: 0 },
};
const tableOf = (changes: Partial<TableSchedule>) => scheduledTable({ ...HOURLY, ...changes });

async function started(changes: Partial<TableSchedule>, from: string) {
  const warnings: unknown[] = [];
  const observer = { warning: (message: string, details: object) => void warnings.push({ message, ...details }) };
  const bench = new VirtualBench({ nowMs: Date.parse(from), tickMs: TICK_MS, observer });
  close = () => bench.close();
  await bench.start(tableOf(changes));
  const away = async (ms: number): Promise<void> => {
    bench.isStoreAway = true;
    await bench.clock.pass(ms);
    bench.isStoreAway = false;
  };
  return { bench, warnings, away };
}

test.each(['skip', 'replace'] as const)(
  '%s: a time that came while the store was away starts when it is back, once',
  async (overlap) => {
    const { bench, warnings, away } = await started({ overlap }, '2026-06-01T11:59:00Z');
    await bench.clock.pass(30 * SECOND_MS);
    await away(3 * MINUTE_MS);
    await bench.clock.pass(10 * SECOND_MS);
    const tasks = await bench.take('a-1', { free: 32 });
    expect(tasks).toHaveLength(1);
    for (const task of tasks) await bench.complete(task, 'a-1');
    await bench.restart(SECOND_MS, tableOf({ overlap, catchUp: { windowMs: HOUR_MS, max: 5 } }));
    await bench.clock.pass(20 * SECOND_MS);
    expect(await bench.take('a-1')).toEqual([]);
    expect(warnings).toEqual([]);
  },
);

test('a day that most months lack ends no scheduler that comes back', async () => {
  const leap = { cron: '0 0 29 2 *', catchUp: { windowMs: 24 * HOUR_MS, max: 1 } };
  const { bench, warnings } = await started(leap, '2028-02-28T23:58:00Z');
  await bench.clock.pass(30 * SECOND_MS);
  await bench.restart(5 * MINUTE_MS, tableOf(leap));
  await bench.clock.pass(10 * SECOND_MS);
  expect(await bench.take('a-1', { free: 32 })).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test('skip: of several such times the newest starts, and it is said of how many it takes the place', async () => {
  const { bench, warnings, away } = await started({ cron: '* * * * *' }, '2026-06-01T11:59:10Z');
  await bench.clock.pass(30 * SECOND_MS);
  await away(5 * MINUTE_MS);
  await bench.clock.pass(10 * SECOND_MS);
  expect(await bench.take('a-1', { free: 32 })).toHaveLength(1);
  expect(warnings).toEqual([
    {
      message: 'scheduled tasks were left out',
      schedule: 'research/hourly',
      because: 'the store was away, and a newer one takes their place',
      count: 4,
      dueAt: '2026-06-01T12:03:00.000Z',
    },
  ]);
});

test('one that is older than the window when the store is back is left out, and that is said once', async () => {
  const { bench, warnings, away } = await started({ catchUp: { windowMs: MINUTE_MS, max: 0 } }, '2026-06-01T11:59:00Z');
  await bench.clock.pass(30 * SECOND_MS);
  await away(3 * MINUTE_MS);
  await bench.clock.pass(MINUTE_MS);
  expect(await bench.take('a-1', { free: 32 })).toEqual([]);
  const missed = {
    message: 'scheduled tasks were left out',
    schedule: 'research/hourly',
    because: 'they were missed, and catchUp does not allow for more',
    count: 1,
    dueAt: '2026-06-01T12:00:00.000Z',
  };
  expect(warnings).toEqual([missed]);
});

test('what was missed while no scheduler ran, and is not caught up with, is said once', async () => {
  const { bench, warnings } = await started({}, '2026-06-01T11:59:30Z');
  await bench.clock.pass(MINUTE_MS);
  for (const task of await bench.take('a-1')) await bench.complete(task, 'a-1');
  await bench.restart(3 * HOUR_MS, tableOf({}));
  await bench.clock.pass(MINUTE_MS);
  await bench.restart(MINUTE_MS, tableOf({}));
  await bench.clock.pass(MINUTE_MS);
  expect(await bench.take('a-1')).toEqual([]);
  expect(warnings).toMatchObject([{ count: 3, dueAt: '2026-06-01T15:00:00.000Z' }]);
});

/** Two schedulers, and names of those that have submitted. */
async function two(changes: Partial<TableSchedule>, from: string) {
  const submitted: string[] = [];
  const {
    clock,
    cut,
    here,
    close: end,
  } = await twoInVirtualTime({
    clock: new VirtualClock(Date.parse(from)),
    // So rarely that one that is back looks at the times before it has looked at the shard.
    tickMs: 4 * TICK_MS,
    options: () => ({ table: table(tableOf(changes)) }),
    onAsk: (name, operations) => {
      if (operations.some(({ op }) => op === 'submit')) submitted.push(name);
    },
  });
  close = end;
  await clock.pass(4 * SECOND_MS);
  return { clock, cut, here, submitted };
}

/** Whatever it does first when it is back, it must look at the shard before it believes what it knows of it. */
test.each([0, 1, 2, 3])(
  'what another one has left out is not begun by one that was cut off, back after %i s',
  async (seconds) => {
    const { clock, cut, here, submitted } = await two({ cron: '*/5 * * * *' }, '2026-06-01T11:59:30Z');
    await clock.pass(MINUTE_MS);
    const { tasks } = await clock.until(pollOnce(here));
    const [running] = tasks;
    if (running === undefined) throw new Error('the first task was to be taken');
    cut.add('s-1');
    // That of 12:05 is left out: the one before still runs.
    await clock.pass(5 * MINUTE_MS + seconds * SECOND_MS);
    const { id, token } = running;
    await clock.until(here.complete({ id, token, agent: { fleet: 'research/summarizer', name: 'a-1' } }, {}));
    submitted.length = 0;
    cut.delete('s-1');
    await clock.pass(MINUTE_MS);
    expect(submitted).toEqual([]);
    await clock.pass(4 * MINUTE_MS);
    expect(submitted.toSorted()).toEqual(['s-0', 's-1']);
  },
);

test('one that was cut off for many times sees that the task of an early one still runs', async () => {
  // Every five seconds: more often than a spec can say, and sooner looked at.
  const { clock, cut, here, submitted } = await two({ cron: '*/5 * * * * *' }, '2026-06-01T11:59:50Z');
  cut.add('s-1');
  await clock.pass(10 * SECOND_MS);
  expect((await clock.until(pollOnce(here))).tasks).toHaveLength(1);
  await clock.pass(90 * SECOND_MS);
  submitted.length = 0;
  cut.delete('s-1');
  await clock.pass(20 * SECOND_MS);
  expect(submitted).toEqual([]);
});
