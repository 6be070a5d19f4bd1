import { afterEach, describe, expect, test } from 'vitest';
import type { Assignment } from '../../spec/contract/protocol.ts';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { fleet, route, table } from './testing/bench.ts';
import { HOUR_MS, LONG, MINUTE_MS, schedule, scheduledTable } from './testing/scheduled.ts';
import { VirtualBench } from './testing/virtual-bench.ts';

/** One test for each field of a Schedule, named by its way in the language, against the whole scheduler in virtual time. */
const TICK_MS = 200;

let bench: VirtualBench;
afterEach(async () => {
  await bench.close();
});

async function scheduled(changes: Partial<TableSchedule>, from: string): Promise<void> {
  bench = new VirtualBench({ nowMs: Date.parse(from), tickMs: TICK_MS });
  await bench.start(scheduledTable(changes));
}

/** Tasks that wait now, taken one by one and finished. */
async function due(): Promise<readonly Assignment[]> {
  const tasks = await bench.take('a-1', { free: 32 });
  for (const task of tasks) await bench.complete(task, 'a-1');
  return tasks;
}

/** How many tasks each step brought. */
async function perStep(steps: number, ms: number): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let n = 0; n < steps; n += 1) {
    await bench.clock.pass(ms);
    counts.push((await due()).length);
  }
  return counts;
}

describe('Schedule.metadata.name', () => {
  test('two schedules at one time are two tasks', async () => {
    bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: TICK_MS });
    await bench.start({ ...scheduledTable({}), schedules: [schedule(), schedule({ id: 'research/other' })] });
    expect(await perStep(2, MINUTE_MS)).toEqual([2, 2]);
  });
});

describe('Schedule.spec.cron', () => {
  test('there is one task at each of its times', async () => {
    await scheduled({ cron: '*/5 9 * * 1' }, '2026-06-01T08:57:00Z');
    expect(await perStep(2, 5 * MINUTE_MS)).toEqual([1, 1]);
    await bench.close();
    await scheduled({ cron: '*/5 9 * * 1' }, '2026-06-01T09:52:00Z');
    expect(await perStep(3, 5 * MINUTE_MS)).toEqual([1, 0, 0]);
  });
});

describe('Schedule.spec.tz', () => {
  test('the times are those of its place', async () => {
    await scheduled({ cron: '30 9 * * *', tz: 'Asia/Kolkata' }, '2026-06-01T03:59:00Z');
    expect(await perStep(2, 2 * MINUTE_MS)).toEqual([1, 0]);
  });

  test('when the clocks go forward, a time that does not exist is not lost', async () => {
    // In Berlin 02:00 becomes 03:00 at 01:00 UTC.
    await scheduled({ cron: '30 2 * * *', tz: 'Europe/Berlin' }, '2026-03-29T00:55:00Z');
    expect(await tasksWithin(40)).toBe(1);
    await bench.close();
    await scheduled({ cron: '30 2 * * *', tz: 'Europe/Berlin' }, '2026-03-30T00:25:00Z');
    expect(await tasksWithin(10)).toBe(1);
  });

  test('when the clocks go back, a time that comes twice counts once', async () => {
    // In Berlin 03:00 becomes 02:00 at 01:00 UTC: 02:30 is at 00:30 and at 01:30.
    await scheduled({ cron: '30 2 * * *', tz: 'Europe/Berlin' }, '2026-10-25T00:25:00Z');
    expect(await tasksWithin(70)).toBe(1);
  });
});

describe('Schedule.spec.task, Schedule.spec.input and Schedule.spec.labels.*', () => {
  test('the task is what the schedule says, for its team', async () => {
    await scheduled({ input: { text: 'all' }, labels: { kind: 'nightly' } }, '2026-06-01T11:59:30Z');
    await bench.clock.pass(MINUTE_MS);
    expect(await due()).toMatchObject([
      { task: 'summarize', tenant: 'research', input: { text: 'all' }, labels: { kind: 'nightly' } },
    ]);
  });
});

test('a schedule of another team and task type is a task of that team', async () => {
  bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: TICK_MS });
  const accepts = { summarize: LONG, work: LONG };
  await bench.start({
    teams: { research: { weight: 1 }, ops: { weight: 1 } },
    fleets: { 'research/summarizer': fleet({ accepts }) },
    routes: [route(), route({ id: 'ops/work', team: 'ops', tasks: ['work'] })],
    schedules: [schedule({ id: 'ops/hourly', team: 'ops', task: 'work' })],
  });
  await bench.clock.pass(MINUTE_MS);
  expect(await due()).toMatchObject([{ task: 'work', tenant: 'ops', input: {}, labels: {} }]);
});

describe('Schedule.spec.overlap', () => {
  /** The first task runs, at `a-1`. */
  async function oneRuns(overlap: TableSchedule['overlap']): Promise<Assignment> {
    await scheduled({ overlap }, '2026-06-01T11:59:30Z');
    await bench.clock.pass(MINUTE_MS);
    return takeOne('a-1');
  }

  test('queue: they are submitted all the same', async () => {
    await oneRuns('queue');
    await bench.clock.pass(3 * MINUTE_MS);
    expect(await bench.take('a-2', { free: 32 })).toHaveLength(3);
  });

  test('skip: they are left out, however many there would have been, and the next comes when it has ended', async () => {
    const running = await oneRuns('skip');
    await bench.clock.pass(14 * MINUTE_MS);
    expect(await bench.take('a-2')).toEqual([]);
    await bench.complete(running, 'a-1');
    await bench.clock.pass(MINUTE_MS);
    expect(await bench.take('a-2')).toHaveLength(1);
  });

  test('skip: a scheduler that comes back knows what still runs', async () => {
    await oneRuns('skip');
    await bench.clock.pass(12 * MINUTE_MS);
    await bench.restart(1000, scheduledTable({ overlap: 'skip' }));
    await bench.clock.pass(2 * MINUTE_MS);
    expect(await bench.take('a-2')).toEqual([]);
  });

  test('skip: one that waits for its next attempt still counts, one that is a dead letter does not', async () => {
    const accepts = {
      summarize: { ...LONG, attempts: 2, backoff: { ...LONG.backoff, firstMs: 150_000, maxMs: 150_000 } },
    };
    bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: TICK_MS });
    await bench.start({
      ...scheduledTable({ overlap: 'skip' }),
      fleets: { 'research/summarizer': fleet({ accepts }) },
    });
    await bench.clock.pass(MINUTE_MS);
    const first = await takeOne('a-1');
    await bench.fail(first, 'a-1', { error: 'Broken' });
    await bench.clock.pass(3 * MINUTE_MS);
    const again = await bench.take('a-1', { free: 8 });
    expect(again.map(({ id }) => id)).toEqual([first.id]);
    for (const task of again) await bench.fail(task, 'a-1', { error: 'Broken' });
    await bench.clock.pass(MINUTE_MS);
    expect(await bench.take('a-1', { free: 8 })).toHaveLength(1);
  });

  test('skip: one that a fallback took to another fleet still counts', async () => {
    const other = 'research/backup';
    const both = {
      'research/summarizer': fleet({ accepts: { summarize: LONG } }),
      [other]: fleet({ accepts: { summarize: LONG } }),
    };
    bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: TICK_MS });
    await bench.start({
      ...scheduledTable({ overlap: 'skip' }),
      fleets: both,
      routes: [route({ fallback: [{ when: ['no-agent'], afterMs: 5000, fleet: other }] })],
    });
    await bench.clock.pass(45_000);
    expect(await bench.take('b-1', { fleet: other, free: 8 })).toHaveLength(1);
    await bench.clock.pass(3 * MINUTE_MS);
    expect(await bench.take('b-2', { fleet: other, free: 8 })).toEqual([]);
  });

  test('replace: one that runs is asked to end, and the newest waits beside it', async () => {
    const running = await oneRuns('replace');
    await bench.clock.pass(2 * MINUTE_MS);
    const { id, token } = running;
    const beat = bench.scheduler.heartbeat({ fleet: 'research/summarizer', name: 'a-1' }, [{ id, token }]);
    expect(await bench.clock.until(beat)).toMatchObject({ tasks: [{ id, cancel: true }] });
    expect(await bench.take('a-2', { free: 32 })).toHaveLength(1);
  });

  // Due were 13:00 to 16:00.
  test.each([
    { overlap: 'skip', runs: 1, idle: 1 },
    { overlap: 'queue', runs: 5, idle: 4 },
    { overlap: 'replace', runs: 2, idle: 1 },
  ] as const)('$overlap: of four times that are caught up with at once', async ({ overlap, runs, idle }) => {
    for (const [isOver, open] of [
      [false, runs],
      [true, idle],
    ] as const) {
      const changes = { overlap, cron: '0 * * * *', catchUp: { windowMs: 6 * HOUR_MS, max: 10 } };
      await scheduled(changes, '2026-06-01T11:59:30Z');
      await bench.clock.pass(MINUTE_MS);
      const first = await takeOne('a-1');
      if (isOver) await bench.complete(first, 'a-1');
      await bench.restart(4 * HOUR_MS + 10 * MINUTE_MS, scheduledTable(changes));
      await bench.clock.pass(5000);
      const waiting = await bench.take('a-2', { free: 32 });
      expect([isOver, waiting.length + (isOver ? 0 : 1)]).toEqual([isOver, open]);
      if (!isOver) await bench.close();
    }
  });

  test('replace: the one before is cancelled, and the newest takes its place', async () => {
    await scheduled({ overlap: 'replace' }, '2026-06-01T11:59:30Z');
    await bench.clock.pass(3 * MINUTE_MS);
    expect(await bench.take('a-1', { free: 32 })).toHaveLength(1);
  });
});

describe('Schedule.spec.catchUp.window and Schedule.spec.catchUp.max', () => {
  // Due were 13:00 to 16:00; 12:00 is done, and 11:00 was before anything was there.
  test.each([
    { windowMs: 0, max: 0, late: 0 },
    { windowMs: 6 * HOUR_MS, max: 0, late: 0 },
    { windowMs: 6 * HOUR_MS, max: 2, late: 2 },
    { windowMs: 90 * MINUTE_MS, max: 10, late: 2 },
    { windowMs: 6 * HOUR_MS, max: 10, late: 4 },
  ])('after four hours away: window $windowMs ms, at most $max: $late tasks', async ({ windowMs, max, late }) => {
    const changes = { cron: '0 * * * *', catchUp: { windowMs, max } };
    bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:59:30Z'), tickMs: TICK_MS });
    await bench.start(scheduledTable({ ...changes, catchUp: { windowMs: 0, max: 0 } }));
    expect(await perStep(1, MINUTE_MS)).toEqual([1]);
    await bench.restart(4 * HOUR_MS + 10 * MINUTE_MS, scheduledTable(changes));
    await bench.clock.pass(5000);
    expect(await due()).toHaveLength(late);
  });
});

describe('what is known of a schedule when a scheduler comes back', () => {
  const WEEK = { cron: '0 4 * * *', catchUp: { windowMs: 7 * 24 * HOUR_MS, max: 10 } };

  test('the whole window counts, and what was caught up with is not done again when its tasks are forgotten', async () => {
    await scheduled(WEEK, '2026-06-01T03:59:30Z');
    expect(await perStep(1, MINUTE_MS)).toEqual([1]);
    await bench.restart(4 * 24 * HOUR_MS + HOUR_MS, scheduledTable(WEEK));
    expect(await perStep(1, 5000)).toEqual([4]);
    await bench.restart(26 * HOUR_MS, scheduledTable(WEEK));
    expect(await perStep(1, 5000)).toEqual([1]);
    await bench.restart(20 * 24 * HOUR_MS, scheduledTable(WEEK));
    expect(await perStep(1, 5000)).toEqual([7]);
  });

  test('nothing was missed before anything was there', async () => {
    await scheduled(WEEK, '2026-06-01T03:59:30Z');
    expect(await perStep(1, 5000)).toEqual([0]);
  });

  test('a month of times of every second is looked through at once, for the newest of them', async () => {
    const often = { cron: '* * * * * *', catchUp: { windowMs: 30 * 24 * HOUR_MS, max: 3 } };
    await scheduled(often, '2026-06-01T03:59:30Z');
    await due();
    await bench.restart(29 * 24 * HOUR_MS, scheduledTable(often));
    const begun = performance.now();
    await bench.clock.pass(1000);
    expect((await due()).length).toBeGreaterThanOrEqual(3);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test('a schedule that is new has missed nothing: not in a table that changes, and not in one that comes with a start', async () => {
    const hourly = { cron: '0 * * * *', catchUp: { windowMs: 6 * HOUR_MS, max: 10 } };
    bench = new VirtualBench({ nowMs: Date.parse('2026-06-01T11:50:00Z'), tickMs: TICK_MS });
    await bench.start({ ...scheduledTable({}), schedules: [] });
    await bench.clock.pass(5000);
    bench.scheduler.use(table({ ...scheduledTable(hourly), digest: 'sha256-2' }));
    expect(await perStep(2, 6 * MINUTE_MS)).toEqual([0, 1]);
    const both = {
      ...scheduledTable(hourly),
      schedules: [schedule(hourly), schedule({ ...hourly, id: 'research/second' })],
    };
    await bench.restart(2 * HOUR_MS, both);
    expect(await perStep(1, 5000)).toEqual([2]);
  });

  test('a schedule that was away for a while has missed nothing meanwhile', async () => {
    const hourly = { cron: '0 * * * *', catchUp: { windowMs: 6 * HOUR_MS, max: 10 } };
    await scheduled(hourly, '2026-06-01T11:59:30Z');
    expect(await perStep(1, MINUTE_MS)).toEqual([1]);
    bench.scheduler.use(table({ ...scheduledTable(hourly), schedules: [], digest: 'sha256-2' }));
    await bench.clock.pass(5000);
    await bench.restart(3 * HOUR_MS, scheduledTable(hourly));
    expect(await perStep(1, 5000)).toEqual([0]);
  });
});

async function takeOne(name: string): Promise<Assignment> {
  const [task] = await bench.take(name);
  if (task === undefined) throw new Error(`${name} was to get a task`);
  return task;
}

async function tasksWithin(minutes: number): Promise<number> {
  await bench.clock.pass(minutes * MINUTE_MS);
  return (await due()).length;
}
