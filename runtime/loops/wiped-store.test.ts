import { expect, test } from 'vitest';
import type { RunningScheduler } from './scheduler.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { decodeEntry } from './journal-entry.ts';
import { AGENT, Bench, accept, fleet, pollOnce, route, submission, table } from './testing/bench.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { accepted, bothUp, twoSchedulers } from './testing/two-schedulers.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/** What a store that forgets everything does not take with it: two schedulers, and each tells the other's half. */
const FLEET = 'research/summarizer';
const EXTERNAL = {
  fleets: { [FLEET]: fleet({ accepts: { summarize: accept({ effects: 'external' }) } }), 'research/backup': fleet() },
};

async function take(scheduler: RunningScheduler, name = 'a-1') {
  const [task] = (await pollOnce(scheduler, { agent: { fleet: FLEET, name } })).tasks;
  if (task === undefined) throw new Error('nothing to take');
  return { ...task, agent: { fleet: FLEET, name } };
}

async function stateOf(scheduler: RunningScheduler, id: string): Promise<string | undefined> {
  return (await scheduler.task(id).catch(() => undefined))?.state;
}

test('who has a task with effects outside keeps it, and may finish it', async () => {
  const { admin, first, second } = await twoSchedulers({}, EXTERNAL);
  const { id } = await accepted(first, 'k');
  const run = await take(second);
  await admin.flushall();
  await bothUp([first, second]);
  await expect.poll(() => stateOf(first, id)).toBe('running');
  expect(await first.task(id)).toMatchObject({ agent: 'a-1', attempts: 0 });
  expect((await pollOnce(first, { agent: { ...AGENT, name: 'a-2' }, waitMs: 600 })).tasks).toEqual([]);
  expect((await first.heartbeat(run.agent, [run])).tasks).toMatchObject([{ id, lease: 'held' }]);
  expect(await first.complete(run, 'done')).toMatchObject({ kind: 'settled', repeated: false });
  expect(await second.task(id)).toMatchObject({ state: 'succeeded', result: 'done' });
});

test('who has a task keeps it and hears of its cancellation, also where another input under its key was refused meanwhile', async () => {
  const { admin, first, second } = await twoSchedulers({}, EXTERNAL);
  const { id } = await accepted(first, 'k');
  const run = await take(second);
  expect(await second.cancel(id, 'changed-my-mind')).toMatchObject({ kind: 'asked' });
  expect(await second.submit(submission('k', { other: 'input' }))).toMatchObject({ kind: 'conflict' });
  await admin.flushall();
  await bothUp([first, second]);
  await expect.poll(() => stateOf(first, id)).toBe('running');
  await expect
    .poll(async () => (await first.heartbeat(run.agent, [run])).tasks)
    .toMatchObject([{ id, lease: 'held', cancel: true }]);
});

test('nobody is told that his lease is gone before all have brought back what they know', async () => {
  const { admin, otherWay, first, second } = await twoSchedulers({ patienceMs: 1500, holdMs: 5000 }, EXTERNAL);
  const { id } = await accepted(first, 'k');
  const run = await take(second);
  otherWay.state = 'cut';
  await admin.flushall();
  const beat = first.heartbeat(run.agent, [run]);
  setTimeout(() => {
    otherWay.state = 'open';
  }, 300);
  expect((await beat).tasks).toMatchObject([{ id, lease: 'held' }]);
});

test('what its agent gave back or failed may run again, and the tries stay counted', async () => {
  const { admin, first, second } = await twoSchedulers({}, EXTERNAL);
  await accepted(first, 'k');
  const run = await take(second);
  await second.release(run);
  const again = await take(first);
  await first.fail(again, { error: 'Timeout' });
  await admin.flushall();
  await bothUp([first, second]);
  const third = await take(second);
  expect(third).toMatchObject({ id: run.id, attempt: 2 });
  expect(third.token).toBeGreaterThan(again.token);
});

test('a run that was the last one allowed is that also for a scheduler that hears of its failure before it was brought back', async () => {
  const fleets = { [FLEET]: fleet({ accepts: { summarize: accept({ effects: 'external', attempts: 2 }) } }) };
  const { admin, otherWay, first, second } = await twoSchedulers({ patienceMs: 3000, holdMs: 5000 }, { fleets });
  const { id } = await accepted(first, 'k');
  await second.fail(await take(second), { error: 'Timeout' });
  const run = await take(second);
  otherWay.state = 'cut';
  await admin.flushall();
  const failing = first.fail(run, { error: 'Timeout' });
  // Until the other one is there, the task has never been tried as far as the store knows.
  await expect.poll(() => first.task(id).catch(() => undefined)).toMatchObject({ state: 'ready', attempts: 0 });
  otherWay.state = 'open';
  expect(await failing).toMatchObject({ kind: 'settled', state: 'dead' });
  expect(await second.task(id)).toMatchObject({ state: 'dead', attempts: 2 });
});

test('a dead letter stays one, with why and what it said, and one that was redriven does not', async () => {
  const fleets = {
    [FLEET]: fleet({ accepts: { summarize: accept({ attempts: 1 }) } }),
    'research/backup': fleet(),
  };
  const { admin, first, second } = await twoSchedulers({}, { fleets });
  const runs = [];
  for (const key of ['k-0', 'k-1']) {
    await accepted(first, key);
    const run = await take(second);
    await second.fail(run, { error: 'Timeout', message: 'no answer' });
    runs.push(run);
  }
  const [dead = '', redriven = ''] = runs.map(({ id }) => id);
  await second.redrive(redriven);
  await admin.flushall();
  await bothUp([first, second]);
  await expect.poll(() => stateOf(first, dead)).toBe('dead');
  await expect.poll(() => stateOf(first, redriven)).toBe('ready');
  expect(await first.task(dead)).toMatchObject({
    reason: 'Timeout',
    attempts: 1,
    result: { error: 'Timeout', message: 'no answer' },
  });
});

test('a cancellation that its agent has not heard of is not forgotten', async () => {
  const { admin, first, second } = await twoSchedulers();
  const { id } = await accepted(first, 'k');
  await take(second);
  expect(await second.cancel(id, 'changed-my-mind')).toMatchObject({ kind: 'asked' });
  await admin.flushall();
  await bothUp([first, second]);
  await expect.poll(() => stateOf(first, id)).toBe('cancelled');
  expect(await first.task(id)).toMatchObject({ reason: 'changed-my-mind' });
});

test('an end that was told stays, whatever another scheduler meant to write and died before it took that back', async () => {
  const { admin, bench, way, otherWay, first, second, options } = await twoSchedulers();
  const { id } = await accepted(first, 'k');
  const run = await take(second);
  await first.release(run);
  expect(await first.cancel(id, 'changed-my-mind')).toMatchObject({ kind: 'done' });
  // Its agent says again what it had said, to the scheduler that had given it the task.
  expect(await second.complete(run, 'late')).toMatchObject({ kind: 'stale', state: 'cancelled' });
  await second.close();
  bench.running.splice(1);
  const journal = bench.journals.get('s-1') ?? [];
  const kinds = journal.map(({ payload }) => decodeEntry(payload).kind);
  journal.splice(kinds.lastIndexOf('unend'));
  expect(kinds.slice(0, journal.length)).toContain('end');

  way.state = 'cut';
  await admin.flushall();
  const again = await bench.start('s-1', { ...options, store: otherWay.store });
  await expect.poll(() => again.status().store, { timeout: 10_000 }).toBe('up');
  expect(await stateOf(again, id)).toBe('succeeded');
  way.state = 'open';
  await bothUp([first, again]);
  expect(await first.task(id)).toMatchObject({ state: 'cancelled', reason: 'changed-my-mind' });
});

test('what holds for a fleet holds on, and what was taken back elsewhere does not come back', async () => {
  const { admin, first, second } = await twoSchedulers();
  await first.pause(FLEET, 'maintenance');
  await first.drain(FLEET, 'v1');
  await first.pause('research/backup', 'maintenance');
  await expect.poll(async () => (await second.fleet('research/backup'))?.paused).toBe(true);
  await second.resume('research/backup');
  await accepted(second, 'k');
  await admin.flushall();
  await bothUp([first, second]);
  expect((await pollOnce(first, { waitMs: 500 })).tasks).toEqual([]);
  await expect.poll(async () => (await second.fleet(FLEET))?.paused).toBe(true);
  await expect.poll(async () => (await first.fleet('research/backup'))?.paused).toBe(false);
  expect(await second.fleet('research/backup')).toMatchObject({ paused: false });
  await second.resume(FLEET);
  expect((await take(first)).attempt).toBe(1);
});

test('a fleet can be paused while the store is away, and is when it is there again', async () => {
  const { way, first, second } = await twoSchedulers();
  way.state = 'cut';
  await expect.poll(() => first.status().store).toBe('down');
  expect(await first.pause(FLEET, 'maintenance')).toBe(true);
  way.state = 'open';
  await expect.poll(async () => (await second.fleet(FLEET))?.paused).toBe(true);
});

test('of a task that has ended it is still known what was submitted, and when', async () => {
  const routes = [
    route({ priority: { default: 'high', when: [] }, dedupe: { key: 'input.order', windowMs: 60_000, onHit: 'join' } }),
  ];
  const { admin, first, second } = await twoSchedulers({}, { routes });
  const { id } = await accepted(first, 'k', { order: '7' });
  await second.complete(await take(second), 'done');
  const before = await first.task(id);
  await admin.flushall();
  await bothUp([first, second]);
  await expect
    .poll(() => second.task(id).catch(() => undefined))
    .toMatchObject({ state: 'succeeded', route: 'research/summaries', build: 'v1', priority: 'high', result: 'done' });
  const acceptedMs = (view: typeof before) => Date.parse(view?.acceptedAt ?? '');
  expect(Math.abs(acceptedMs(await second.task(id)) - acceptedMs(before))).toBeLessThan(1000);
  expect(await second.submit(submission('another', { order: '7' }))).toMatchObject({
    kind: 'accepted',
    response: { id, duplicate: 'joined' },
  });
});

test('what one scheduler noted of a task that another accepted is let go when it has ended', async () => {
  const clock = new VirtualClock();
  const bench = new Bench(['s-0', 's-1'], memoryStore({ nowUs: () => clock.nowMs() * 1000 }));
  const journal = memoryJournal();
  const options = { clock, table: table(EXTERNAL) };
  const first = await clock.until(bench.start('s-0', options));
  const second = await clock.until(bench.start('s-1', { ...options, journal }));
  await clock.pass(1000);
  await clock.until(first.submit(submission('k')));
  const [task] = (await clock.until(pollOnce(second))).tasks;
  expect(journal.stats.openRecords).toBe(1);
  await clock.until(first.complete({ id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT }, 'done'));
  await clock.pass(60_000);
  expect(journal.stats.openRecords).toBe(0);
  await clock.until(bench.close());
});
