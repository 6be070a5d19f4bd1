import { afterEach, expect, test } from 'vitest';
import { canaryFleet } from '../core/canary.ts';
import type { Observer } from '../core/observer.ts';
import { memoryStore, type MemoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Store } from '../store/store.ts';
import { memoryJournal } from './testing/memory-journal.ts';
import { Bench, table } from './testing/bench.ts';
import { VirtualClock } from './testing/virtual-clock.ts';
import type { RunningScheduler, SchedulerOptions } from './scheduler.ts';

const EVERY_MS = 15_000;
const OWN = canaryFleet('s-0');

/** Schedulers that send canaries, in virtual time, over a store in memory that can be away or slow. */
class Cage {
  readonly clock = new VirtualClock();
  readonly memory: MemoryStore = memoryStore({ nowUs: () => this.clock.nowMs() * 1000 });
  readonly told: string[] = [];
  readonly users: string[] = [];
  state: 'open' | 'away' | 'slow' | 'answers claims to nobody' = 'open';
  readonly #bench: Bench;
  readonly #running = new Set<RunningScheduler>();

  constructor(names: readonly string[] = ['s-0']) {
    this.#bench = new Bench(names, { ...this.memory, apply: (shard, batch) => this.#apply(shard, batch) });
  }

  async start(name = 's-0', changes: Partial<SchedulerOptions> = {}): Promise<RunningScheduler> {
    const users = (event: { readonly fleet: string }): void => void this.users.push(event.fleet);
    const observer: Observer = {
      submitted: users,
      assigned: users,
      settled: users,
      retried: users,
      finished: users,
      canary: (outcome, step) => this.told.push(`${outcome} ${step}`),
    };
    const bounds = { tickMs: 250, idleTickMs: 1000, holdMs: 3000, patienceMs: 5000 };
    const options = { clock: this.clock, observer, bounds, canaryEveryMs: EVERY_MS, ...changes };
    const scheduler = await this.clock.until(this.#bench.start(name, options));
    this.#running.add(scheduler);
    // From here to the middle of the next period.
    await this.clock.pass(EVERY_MS / 2);
    return scheduler;
  }

  async stop(scheduler: RunningScheduler): Promise<void> {
    this.#running.delete(scheduler);
    await this.clock.until(scheduler.close());
  }

  /** What was told in so many periods. */
  async periods(count: number): Promise<readonly string[]> {
    this.told.length = 0;
    await this.clock.pass(count * EVERY_MS);
    return [...this.told];
  }

  /** Canaries that have not ended, in the store. */
  open(fleet = OWN): number {
    return this.memory.shard(`${fleet}:0`)?.i.size ?? 0;
  }

  async close(): Promise<void> {
    for (const scheduler of this.#running) await this.stop(scheduler);
  }

  async #apply(...[shard, batch]: Parameters<Store['apply']>): ReturnType<Store['apply']> {
    if (this.state === 'away') throw new StoreFailure('unavailable', 'away');
    if (this.state === 'slow') await new Promise<void>((resolve) => this.clock.after(600, resolve));
    const answer = this.memory.applyNow(shard, batch);
    if (this.state === 'answers claims to nobody' && batch.operations.some(({ op }) => op === 'claim')) {
      throw new StoreFailure('unavailable', 'the answer was lost');
    }
    return answer;
  }
}

let cage: Cage;
afterEach(() => cage.close());

test('each period one task goes all the way, and nobody but the counter hears of it', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  expect(await cage.periods(4)).toEqual(['ok done', 'ok done', 'ok done', 'ok done']);
  expect(cage.open()).toBe(0);
  expect(cage.users).toEqual([]);
  expect((await cage.clock.until(scheduler.fleets())).map(({ fleet }) => fleet)).toEqual(Object.keys(table().fleets));
  expect(scheduler.agents()).toEqual([]);
});

test('one that takes longer than a second is late', async () => {
  cage = new Cage();
  await cage.start();
  cage.state = 'slow';
  expect(await cage.periods(2)).toEqual(['late done', 'late done']);
});

test('without the store each period fails where the task waits, and with it the next is well and nothing is left', async () => {
  cage = new Cage();
  await cage.start();
  await cage.periods(1);
  cage.state = 'away';
  // The first is promised by the journal alone; then that one is in the way.
  expect(await cage.periods(4)).toEqual(['failed assign', 'failed clear', 'failed clear', 'failed clear']);
  cage.state = 'open';
  await cage.clock.pass(10_000);
  expect(await cage.periods(2)).toEqual(['ok done', 'ok done']);
  expect(cage.open()).toBe(0);
});

test('a task whose answer was lost is taken back, and the next goes', async () => {
  cage = new Cage();
  await cage.start();
  cage.state = 'answers claims to nobody';
  const [first] = await cage.periods(1);
  expect(first).toBe('failed assign');
  cage.state = 'open';
  expect(await cage.periods(2)).toEqual(['ok done', 'ok done']);
  expect(cage.open()).toBe(0);
});

test('a journal whose disk hangs is counted each period, and when it comes back the next is well', async () => {
  cage = new Cage();
  let freed = (): void => undefined;
  let synced: Promise<void> = Promise.resolve();
  await cage.start('s-0', { journal: memoryJournal([], () => synced) });
  await cage.periods(1);
  synced = new Promise((resolve) => {
    freed = resolve;
  });
  expect(await cage.periods(2)).toEqual(['failed submit', 'failed submit']);
  freed();
  expect(await cage.periods(2)).toEqual(['ok done', 'ok done']);
});

test('what a life before has left is ended, also where canaries were turned off', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  cage.state = 'away';
  await cage.periods(1);
  await cage.stop(scheduler);
  cage.state = 'open';
  const second = await cage.start('s-0', { canaryEveryMs: 0 });
  await cage.clock.pass(10_000);
  expect(cage.open()).toBe(1);
  await cage.stop(second);
  await cage.start();
  expect(await cage.periods(1)).toEqual(['ok done']);
  expect(cage.open()).toBe(0);
});

test('one that nobody asks for any more has expired after a minute', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  cage.state = 'away';
  await cage.periods(1);
  await cage.stop(scheduler);
  cage.state = 'open';
  await cage.start('s-0', { canaryEveryMs: 0 });
  await cage.clock.pass(70_000);
  expect(cage.open()).toBe(0);
});

test('each of two schedulers sends its own and takes no other', async () => {
  cage = new Cage(['s-0', 's-1']);
  await cage.start('s-0');
  await cage.start('s-1');
  expect(await cage.periods(3)).toEqual(Array.from({ length: 6 }, () => 'ok done'));
  // The first has run for half a period more.
  expect([OWN, canaryFleet('s-1')].map((fleet) => cage.memory.shard(`${fleet}:0`)?.z.size)).toEqual([4, 3]);
});

test('another routing table changes nothing for it', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  await cage.periods(1);
  scheduler.use(table({ digest: 'sha256-2', fleets: {}, routes: [] }));
  expect(await cage.periods(2)).toEqual(['ok done', 'ok done']);
});

test('the end of a scheduler is no failure', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  cage.state = 'slow';
  await cage.clock.pass(EVERY_MS / 2 + 500);
  await cage.stop(scheduler);
  await cage.clock.pass(EVERY_MS);
  expect(cage.told).toEqual([]);
});

test('no caller can send a task there, whatever it calls it', async () => {
  cage = new Cage();
  const scheduler = await cage.start();
  const submission = { tenant: 'research', key: 'k', subject: 'someone', bytes: 0, request: { task: OWN } };
  expect(await cage.clock.until(scheduler.submit(submission))).toEqual({ kind: 'unroutable', because: 'no-route' });
});
