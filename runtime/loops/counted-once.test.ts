import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Run } from '../core/scheduler.ts';
import { memoryStore, type MemoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Operation, Store } from '../store/store.ts';
import type { RunningScheduler } from './scheduler.ts';
import { AGENT, Bench, pollOnce, submission, table } from './testing/bench.ts';
import { counting, type Counting } from './testing/counting.ts';

/** A task's end counts once, however often it is said, and whether or not the answer was heard. */
let bench: Bench;
let memory: MemoryStore;
/** What of the store's answers is lost: it does what it is asked. Then nothing comes through any more. */
let deafTo: Operation['op'] | undefined;
let isCut: boolean;

beforeEach(() => {
  deafTo = undefined;
  isCut = false;
  memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  bench = new Bench(['s-0', 's-1'], memory);
});
afterEach(() => bench.close());

/** A way to the store that can lose answers. */
function way(): Store {
  return {
    ...memory,
    apply: async (shard, batch) => {
      if (isCut) throw new StoreFailure('unavailable', 'cut');
      const answer = await memory.apply(shard, batch);
      if (!batch.operations.some(({ op }) => op === deafTo)) return answer;
      isCut = true;
      throw new StoreFailure('unavailable', 'deaf');
    },
  };
}

interface Started extends Counting {
  readonly scheduler: RunningScheduler;
  readonly run: Run;
}

/** A scheduler with one that runs. */
async function running(name = 's-0', store?: Store): Promise<Started> {
  const { observer, count } = counting(table());
  const options = { observer, bounds: { patienceMs: 700 }, ...(store !== undefined && { store }) };
  const scheduler = await bench.start(name, options);
  await scheduler.submit(submission(`of ${name}`));
  const [task] = (await pollOnce(scheduler)).tasks;
  return { scheduler, observer, count, run: { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT } };
}

async function back(scheduler: RunningScheduler): Promise<void> {
  isCut = false;
  deafTo = undefined;
  await expect.poll(() => scheduler.status().store).toBe('up');
}

const OF = `{fleet="${AGENT.fleet}",route="research/summaries"`;
const RUNS = `nova_task_run_duration_seconds_count${OF}}`;
function finished(outcome: string): string {
  return `nova_tasks_finished_total${OF},outcome="${outcome}"}`;
}

test('a completion, a failure and a cancellation that are said again count once', async () => {
  const { scheduler, count, run } = await running();
  for (let n = 0; n < 5; n += 1) {
    expect(await scheduler.complete(run, 'r')).toMatchObject({ kind: 'settled', repeated: n > 0 });
  }
  expect([await count(finished('succeeded')), await count(RUNS)]).toEqual([1, 1]);

  await scheduler.submit(submission('fails'));
  const [task] = (await pollOnce(scheduler)).tasks;
  const failing = { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  for (let n = 0; n < 3; n += 1) await scheduler.fail(failing, { error: 'Broken', final: true });
  expect([await count(finished('failed')), await count(RUNS)]).toEqual([1, 2]);

  const waits = await scheduler.submit(submission('waits'));
  const id = waits.kind === 'accepted' ? waits.response.id : '';
  for (let n = 0; n < 3; n += 1) expect(await scheduler.cancel(id, 'no')).toMatchObject({ kind: 'done' });
  expect(await count(finished('cancelled'))).toBe(1);
});

test.for([
  ['complete', 'succeeded'],
  ['fail', 'failed'],
  ['cancel', 'cancelled'],
] as const)(
  'where the answer to a %s was lost, the end counts once, whether or not it is said again',
  async ([op, outcome]) => {
    const { scheduler, count, run } = await running('s-0', way());
    const waits = await scheduler.submit(submission('waits'));
    const id = waits.kind === 'accepted' ? waits.response.id : '';
    const say = (): Promise<unknown> => {
      if (op === 'complete') return scheduler.complete(run, 'r');
      return op === 'fail' ? scheduler.fail(run, { error: 'Broken', final: true }) : scheduler.cancel(id, 'no');
    };
    deafTo = op;
    await expect(say()).rejects.toThrow(StoreFailure);
    expect(await count(finished(outcome))).toBe(0);
    await back(scheduler);
    await expect.poll(() => count(finished(outcome))).toBe(1);
    expect(await count(RUNS)).toBe(op === 'cancel' ? 0 : 1);
    await say();
    await say();
    expect([await count(finished(outcome)), await count(RUNS)]).toEqual([1, op === 'cancel' ? 0 : 1]);
  },
);

test('where it is said again to another scheduler, the one whose answer was lost counts it', async () => {
  const one = await running('s-0', way());
  const other = await running('s-1');
  deafTo = 'complete';
  await expect(one.scheduler.complete(one.run, 'r')).rejects.toThrow(StoreFailure);
  expect(await other.scheduler.complete(one.run, 'r')).toMatchObject({ kind: 'settled', repeated: true });
  await back(one.scheduler);
  await expect.poll(() => one.count(finished('succeeded'))).toBe(1);
  expect([await other.count(finished('succeeded')), await other.count(RUNS)]).toEqual([0, 0]);
});

test('where it never arrived, only the one that it is said to again counts it', async () => {
  const one = await running('s-0', way());
  const other = await running('s-1');
  isCut = true;
  await expect(one.scheduler.complete(one.run, 'r')).rejects.toThrow(StoreFailure);
  expect(await other.scheduler.complete(one.run, 'r')).toMatchObject({ kind: 'settled', repeated: false });
  await back(one.scheduler);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([await one.count(finished('succeeded')), await other.count(finished('succeeded'))]).toEqual([0, 1]);
});

test('what the store has done and forgotten again counts when it ends for good', async () => {
  const { scheduler, count, run } = await running('s-0', way());
  deafTo = 'complete';
  await expect(scheduler.complete(run, 'r')).rejects.toThrow(StoreFailure);
  memory.wipe();
  await back(scheduler);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await count(finished('succeeded'))).toBe(0);
  expect(await scheduler.complete(run, 'r')).toMatchObject({ kind: 'settled' });
  await expect.poll(() => count(finished('succeeded'))).toBe(1);
});
