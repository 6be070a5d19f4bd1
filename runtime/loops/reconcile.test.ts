import { afterEach, describe, expect, test } from 'vitest';
import type { TaskView } from '../../spec/contract/protocol.ts';
import type { Operation, Reply } from '../store/store.ts';
import { task as newTask } from '../store/testing/bench.ts';
import { systemClock } from './clock.ts';
import { accept, AGENT, Bench, fleet, pollOnce, route, submission, table } from './testing/bench.ts';
import { VirtualBench } from './testing/virtual-bench.ts';
import { movedReason } from './view.ts';

const benches: { close(): Promise<void> }[] = [];
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

describe('a task that has waited for a build whose breaker is open', () => {
  const builds = { v1: 5000, v2: 5000 };
  const twoBuilds = { 'research/summarizer': fleet({ builds, accepts: { summarize: accept({ attempts: 1 }) } }) };

  /** Forty tasks have waited for half a minute; then so many fail that the breakers of these builds open. */
  async function broken(...failing: readonly ('v1' | 'v2')[]): Promise<VirtualBench> {
    const bench = new VirtualBench();
    benches.push(bench);
    await bench.start({ fleets: twoBuilds });
    await openAfterHalfAMinute(bench, ...failing);
    return bench;
  }

  async function openAfterHalfAMinute(bench: VirtualBench, ...failing: readonly ('v1' | 'v2')[]): Promise<void> {
    for (let n = 0; n < 40; n += 1) await bench.accepted(`k-${n}`);
    await bench.clock.pass(31_000);
    for (const build of failing) {
      const tasks = await bench.take(`fails-${build}`, { build, free: 10 });
      expect(tasks).toHaveLength(10);
      for (const task of tasks) await bench.fail(task, `fails-${build}`, { error: 'Broken' });
    }
    const view = await bench.clock.until(bench.scheduler.fleet('research/summarizer'));
    for (const { build, breaker } of view?.builds ?? []) {
      expect(breaker).toBe(failing.some((one) => one === build) ? 'open' : 'closed');
    }
  }

  test('goes to another build that may start runs, and all of them end', async () => {
    const bench = await broken('v2');
    await bench.clock.pass(3000);
    const ended = new Set<string>();
    for (let looks = 0; looks < 10; looks += 1) {
      for (const task of await bench.take('a-1', { build: 'v1', free: 8 })) {
        await bench.complete(task, 'a-1');
        ended.add(task.id);
      }
    }
    expect(ended.size).toBe(30);
  });

  test('stays where it is while no other build may start runs either', async () => {
    const bench = await broken('v1', 'v2');
    const reads = bench.asked('get');
    await bench.clock.pass(3000);
    // Nobody reads all that waits, second by second, while there is nowhere to go.
    expect(bench.asked('get')).toBe(reads);
    expect(await bench.take('a-1', { build: 'v1', free: 8 })).toEqual([]);
    expect((await bench.clock.until(bench.scheduler.fleet('research/summarizer')))?.waiting).toBe(20);
  });

  test('stays where it is while it is for later', async () => {
    const bench = new VirtualBench();
    benches.push(bench);
    await bench.start({ fleets: twoBuilds });
    const later = await Promise.all(
      Array.from({ length: 8 }, (_, n) => bench.accepted(`l-${n}`, { delayMs: 120_000 })),
    );
    const before = await Promise.all(later.map(async (id) => (await bench.view(id)).build));
    expect(new Set(before)).toEqual(new Set(['v1', 'v2']));
    await openAfterHalfAMinute(bench, 'v2');
    await bench.clock.pass(3000);
    expect(await Promise.all(later.map(async (id) => (await bench.view(id)).build))).toEqual(before);
  });
});

describe('a task that a scheduler has ended or moved whose disk lost that', () => {
  const HERE = 'research/summarizer';
  const THERE = 'research/backup';

  /** What the one that is gone has asked of the store. */
  function gone(bench: VirtualBench, fleet: string, operation: Operation): Reply | undefined {
    const batch = { scheduler: 's-9', prevLsn: 0, lsn: 0, number: 0, after: 0, tokenFloor: 0, beat: 0 };
    const answer = bench.store.applyNow({ fleet, index: 0 }, { ...batch, operations: [operation] });
    return answer.kind === 'applied' ? answer.replies[0] : undefined;
  }

  function move(bench: VirtualBench, id: string): void {
    const left = gone(bench, HERE, { op: 'remove', id, reason: movedReason(THERE) });
    if (left?.kind !== 'removed') throw new Error(`${id} did not leave`);
    const { digest, lane } = left.record;
    gone(bench, THERE, { op: 'submit', task: newTask(id, { digest, lane, body: left.body }) });
  }

  async function accepted(): Promise<{ readonly bench: VirtualBench; readonly id: string }> {
    const bench = new VirtualBench();
    benches.push(bench);
    await bench.start();
    return { bench, id: await bench.accepted('k-1') };
  }

  async function afterALoss(bench: VirtualBench, id: string): Promise<TaskView> {
    await bench.clock.pass(40_000);
    bench.store.wipe();
    await bench.clock.pass(1000);
    return bench.view(id);
  }

  test('has ended also when the store forgets it, with its result', async () => {
    const { bench, id } = await accepted();
    gone(bench, HERE, { op: 'complete', id, token: 1, result: '"r"' });
    expect(await afterALoss(bench, id)).toMatchObject({ state: 'succeeded', result: 'r' });
  });

  test('has ended where it went', async () => {
    const { bench, id } = await accepted();
    move(bench, id);
    gone(bench, THERE, { op: 'complete', id, token: 1, result: '"r"' });
    expect(await afterALoss(bench, id)).toMatchObject({ fleet: THERE, state: 'succeeded', result: 'r' });
  });

  test('is still open where it went', async () => {
    const { bench, id } = await accepted();
    move(bench, id);
    expect(await afterALoss(bench, id)).toMatchObject({ state: 'ready' });
  });

  /** It left by a fallback, and is not where it went: nobody but its promise knows of it. */
  async function movedIntoNothing() {
    const bench = new VirtualBench();
    benches.push(bench);
    const routes = [route({ fallback: [{ when: ['no-agent'], afterMs: 1_000_000, fleet: THERE }] })];
    await bench.start({ routes });
    const id = await bench.accepted('k-1');
    gone(bench, HERE, { op: 'remove', id, reason: movedReason(THERE) });
    return { bench, id, routes };
  }

  test('is brought where it went when it is not there', async () => {
    const { bench, id } = await movedIntoNothing();
    await bench.clock.pass(40_000);
    expect(await bench.taken('b-1', { fleet: THERE })).toEqual([id]);
  });

  test('is brought there only once the fleet takes tasks of its type', async () => {
    const { bench, id, routes } = await movedIntoNothing();
    const fleets = { [HERE]: fleet(), [THERE]: fleet({ accepts: { other: accept() } }) };
    bench.scheduler.use(table({ digest: 'sha256-2', routes, fleets }));
    await bench.clock.pass(40_000);
    expect(await bench.taken('b-1', { fleet: THERE })).toEqual([]);
    bench.scheduler.use(table({ digest: 'sha256-3', routes }));
    await bench.clock.pass(40_000);
    expect(await bench.taken('b-1', { fleet: THERE })).toEqual([id]);
  });
});

describe('a task whose route is renamed or gone', () => {
  const FLEET = 'research/summarizer';

  async function waiting(): Promise<{ readonly bench: VirtualBench; readonly id: string }> {
    const bench = new VirtualBench();
    benches.push(bench);
    await bench.start();
    return { bench, id: await bench.accepted('k-1') };
  }

  const use = async (bench: VirtualBench, ...routes: readonly ReturnType<typeof route>[]): Promise<void> => {
    bench.scheduler.use(table({ digest: `sha256-${routes.map(({ id }) => id).join()}`, routes }));
    await bench.clock.pass(500);
  };
  const unaccounted = (bench: VirtualBench): number =>
    bench.scheduler.gauges().find((one) => one.fleet === FLEET)?.unaccounted ?? 0;

  test('is seen where it waits, and goes by the routes that there are', async () => {
    const { bench, id } = await waiting();
    await use(bench, route({ id: 'research/renamed' }));
    const page = await bench.clock.until(bench.scheduler.tasks({ fleet: FLEET, of: 'open', limit: 10 }));
    expect(page.tasks.map((task) => task.id)).toEqual([id]);
    expect((await bench.clock.until(bench.scheduler.fleet(FLEET)))?.waiting).toBe(1);
    await bench.clock.pass(32_000);
    expect(await bench.taken('a-1')).toEqual([id]);
    expect(unaccounted(bench)).toBe(0);
  });

  test('goes to the fleet of the present route, once', async () => {
    const { bench, id } = await waiting();
    await use(bench, route({ id: 'research/renamed', to: [{ fleet: 'research/backup', weight: 100 }] }));
    await bench.clock.pass(32_000);
    expect(await bench.taken('a-1')).toEqual([]);
    expect(await bench.taken('b-1', { fleet: 'research/backup' })).toEqual([id]);
  });

  test('is told as not accounted for while no route takes it, and handed out when one does', async () => {
    const { bench, id } = await waiting();
    await use(bench, route({ id: 'research/other', tasks: ['other'] }));
    await bench.clock.pass(32_000);
    expect(unaccounted(bench)).toBe(1);
    await use(bench, route({ id: 'research/again' }));
    await bench.clock.pass(3000);
    expect(unaccounted(bench)).toBe(0);
    expect(await bench.taken('a-1')).toEqual([id]);
  });
});
