import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { metrics } from '../../spec/contract/metrics.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { AGENT, accept, Bench, fleet, route, submission, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';

/** The fifteen faults of the predecessor, in the order in which they were listed. None of them may come back. */
const FLEET = 'research/summarizer';

let close = (): Promise<unknown> => Promise.resolve();
afterEach(async () => {
  await close();
  close = () => Promise.resolve();
});

async function started(changes: Partial<RoutingTable> = {}): Promise<VirtualBench> {
  const bench = new VirtualBench();
  close = () => bench.close();
  await bench.start(changes);
  return bench;
}

/** Two schedulers over one store. */
async function two() {
  const clock = new VirtualClock();
  const bench = new Bench(['s-0', 's-1'], memoryStore({ nowUs: () => clock.nowMs() * 1000 }));
  close = () => clock.until(bench.close());
  const schedulers = [
    await clock.until(bench.start('s-0', { clock })),
    await clock.until(bench.start('s-1', { clock })),
  ] as const;
  await clock.pass(1000);
  return { clock, schedulers };
}

test('(a) a task that was handed out is not lost with its agent', async () => {
  const bench = await started();
  const id = await bench.accepted('k');
  expect(await bench.taken('a-1')).toEqual([id]);
  await bench.clock.pass(6000);
  expect(await bench.taken('a-2')).toEqual([id]);
});

test('(b) what waits is not trimmed away, however much and long', async () => {
  const fleets = { [FLEET]: fleet({ accepts: { summarize: accept({ queueMs: 3_600_000 }) } }) };
  const bench = await started({
    fleets,
    routes: [route({ queue: { maxDepth: 100_000, maxAgeMs: 3_600_000, onFull: 'reject' } })],
  });
  const ids: string[] = [];
  // It kept 10,000.
  for (let n = 0; n < 10_100; n += 1) {
    // As fast as its rate lets one submitter.
    if (n % 1000 === 0) await bench.clock.pass(1000);
    ids.push(await bench.accepted(`k-${n}`));
  }
  await bench.clock.pass(180_000);
  const taken: string[] = [];
  while (taken.length < ids.length) {
    const more = await bench.taken('a-1', { free: 50 });
    if (more.length === 0) break;
    taken.push(...more);
  }
  expect(taken.sort()).toEqual(ids.sort());
});

test('(c) with several schedulers each task is handed out once', async () => {
  const { clock, schedulers } = await two();
  for (let n = 0; n < 20; n += 1) await clock.until(schedulers[0].submit(submission(`k-${n}`)));
  const polls = schedulers.map((scheduler, n) =>
    scheduler.poll(
      { ...AGENT, name: `a-${n}` },
      { build: 'v1', slots: 20, free: 20, waitMs: 500 },
      new AbortController().signal,
    ),
  );
  const tasks = (await clock.until(Promise.all(polls))).flatMap((answer) => answer.tasks.map(({ id }) => id));
  expect(tasks).toHaveLength(20);
  expect(new Set(tasks).size).toBe(20);
});

test('(d) who no longer holds a task can neither end it nor give it back', async () => {
  const bench = await started();
  await bench.accepted('k');
  const [lost] = await bench.take('a-1');
  await bench.clock.pass(6000);
  const [held] = await bench.take('a-2');
  if (lost === undefined || held === undefined) throw new Error('both were to get the task');
  expect(await bench.complete(lost, 'a-1')).toMatchObject({ kind: 'stale' });
  const release = bench.scheduler.release({ ...lost, agent: { fleet: FLEET, name: 'a-1' } });
  expect(await bench.clock.until(release)).toMatchObject({ kind: 'stale' });
  expect(await bench.view(held.id)).toMatchObject({ state: 'running', agent: 'a-2' });
});

test('(e) an agent that waits gets a task at once, and not at the next look', async () => {
  const bench = await started();
  const waiting = bench.scheduler.poll(
    AGENT,
    { build: 'v1', slots: 1, free: 1, waitMs: 10_000 },
    new AbortController().signal,
  );
  await bench.clock.pass(3333);
  const begun = bench.clock.nowMs();
  await bench.accepted('k');
  expect((await bench.clock.until(waiting)).tasks).toHaveLength(1);
  expect(bench.clock.nowMs() - begun).toBe(0);
});

test('(f) the head of the queue is not read again and again', async () => {
  const bench = await started();
  for (let n = 0; n < 10; n += 1) await bench.accepted(`k-${n}`);
  const seen: string[] = [];
  for (let n = 0; n < 10; n += 1) seen.push(...(await bench.taken(`a-${n}`)));
  expect(new Set(seen).size).toBe(10);
});

test('(g) a completion counts: its result is kept, and what waited for it starts', async () => {
  const bench = await started({ routes: [route({ limits: { inFlight: 1 } })] });
  await bench.accepted('k-1');
  const next = await bench.accepted('k-2');
  const [task] = await bench.take('a-1');
  if (task === undefined) throw new Error('a-1 was to get a task');
  await bench.complete(task, 'a-1', { summary: 's' });
  expect(await bench.view(task.id)).toMatchObject({ state: 'succeeded', result: { summary: 's' } });
  expect(await bench.taken('a-1')).toEqual([next]);
});

test('(h) a required skill counts also where no word of the task names it', async () => {
  const bench = await started({ routes: [route({ require: [['security', 1]] })] });
  expect(await bench.submit('k', { input: { text: 'nothing of the kind' } })).toMatchObject({ because: 'no-fleet' });
});

test('(i) all required skills are needed, and not any of them', async () => {
  const require = [['python', 1] as const, ['testing', 1] as const];
  const some = await started({ fleets: { [FLEET]: fleet({ skills: { python: 5 } }) }, routes: [route({ require })] });
  expect(await some.submit('k')).toMatchObject({ because: 'no-fleet' });
  await close();
  const skills = { python: 1, testing: 1 };
  const all = await started({ fleets: { [FLEET]: fleet({ skills }) }, routes: [route({ require })] });
  expect(await all.submit('k')).toMatchObject({ kind: 'accepted' });
});

test('(j) health is looked up: without its store a scheduler says so', async () => {
  const clock = new VirtualClock();
  const memory = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  let isAway = false;
  const apply: typeof memory.apply = (shard, batch) =>
    isAway ? Promise.reject(new StoreFailure('unavailable', 'away')) : memory.apply(shard, batch);
  const bench = new Bench(['s-0'], { ...memory, apply });
  close = () => clock.until(bench.close());
  const scheduler = await clock.until(bench.start('s-0', { clock }));
  await clock.pass(1000);
  expect(scheduler.status()).toMatchObject({ store: 'up', ready: true });
  isAway = true;
  await clock.pass(1000);
  expect(scheduler.status()).toMatchObject({ store: 'down', ready: true });
  isAway = false;
  await clock.pass(20_000);
  expect(scheduler.status().store).toBe('up');
});

test('(k) no metric has a label for each agent or each single task', () => {
  const labels = Object.values(metrics).flatMap((metric) => Object.keys(metric.labels));
  expect(labels.length).toBeGreaterThan(10);
  expect(labels.filter((label) => /^(agent(_?id)?|task_?id|tenant|key)$/i.test(label))).toEqual([]);
});

test('(l) nothing that is shared is changed: a frozen table does', async () => {
  const frozen = deepFreeze(table({ routes: [route({ limits: { inFlight: 3 }, fallback: [] })] }));
  const bench = await started(frozen);
  const id = await bench.accepted('k');
  const [task] = await bench.take('a-1');
  if (task !== undefined) await bench.complete(task, 'a-1');
  expect(await bench.view(id)).toMatchObject({ state: 'succeeded' });
});

test('(m) the search for a fleet ends when no candidate is left, and compares skills, not how many there are', async () => {
  const bench = await started({
    fleets: {
      [FLEET]: fleet({ skills: { cooking: 1, sewing: 1 } }),
      'research/backup': fleet({ skills: { a: 1, b: 1 } }),
    },
    routes: [
      route({
        require: [
          ['python', 1],
          ['testing', 1],
        ],
        to: [
          { fleet: FLEET, weight: 1 },
          { fleet: 'research/backup', weight: 1 },
        ],
      }),
    ],
  });
  expect(await bench.submit('k')).toEqual({ kind: 'unroutable', because: 'no-fleet', route: 'research/summaries' });
});

test('(n) what was asked for is found again, by every scheduler', async () => {
  const { clock, schedulers } = await two();
  const outcome = await clock.until(schedulers[0].submit(submission('k')));
  const id = outcome.kind === 'accepted' ? outcome.response.id : '';
  for (const scheduler of schedulers)
    expect(await clock.until(scheduler.task(id))).toMatchObject({ id, state: 'ready' });
  expect(await clock.until(schedulers[1].cancel(id, 'asked'))).toMatchObject({ kind: 'done' });
});

test('(o) no file holds a password', () => {
  const files = ['compiler', 'docs', 'runtime', 'scripts', 'spec'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|lua|json|ya?ml|py|md)$/.test(name))
      .map((name) => join(folder, name)),
  );
  expect(files.length).toBeGreaterThan(1000);
  // Shorter ones are words for a server that lives as long as its test; what has a bracket is put in place of one, or no text.
  const said = /pass(word|wd)['"]?\s*[:=]\s*['"`][^'"`$<{[(\s]{8,}['"`]/i;
  expect(files.filter((name) => said.test(readFileSync(name, 'utf8')))).toEqual([]);
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
