import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { taskId } from '../core/task-id.ts';
import type { Journal, JournalRecord } from '../journal/journal.ts';
import { Bench, pollOnce, route, submission, table } from '../loops/testing/bench.ts';
import { memoryJournal } from '../loops/testing/memory-journal.ts';
import { ENDS, OLD_JOURNALS, oldJournal } from '../loops/testing/old-journal.ts';
import { memoryStore } from '../store/memory/memory-store.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Store } from '../store/store.ts';
import { MUTANTS, SHOWN_BY_A_JOURNAL } from './mutants.ts';
import type { SimDisk } from './sim-disk.ts';

let directory = '';
let bench = new Bench();
afterEach(async () => {
  await bench.close();
  await rm(directory, { recursive: true, force: true });
});

/** What a scheduler with the bug makes of the newest journal when the store has lost all. */
async function endsWith(bug: string): Promise<Readonly<Record<string, string | undefined>>> {
  const opened = await oldJournal(OLD_JOURNALS.at(-1) ?? '');
  ({ directory } = opened);
  const records: JournalRecord[] = [];
  for await (const record of opened.journal.read(0)) records.push(record);
  await opened.journal.close();
  // None of these bugs looks at the disk itself.
  const journal = MUTANTS[bug]?.journal?.(memoryJournal(records), {} as SimDisk);
  if (journal === undefined) throw new Error(`${bug} is no bug of the journal`);
  bench = new Bench();
  const scheduler = await bench.start('s-0', { journal });
  const state = async (key: string): Promise<string | undefined> =>
    (await scheduler.task(taskId('research', key, 'research/summarizer')))?.state;
  await expect.poll(() => state('open').catch(() => undefined)).toBe('ready');
  const found: Record<string, string | undefined> = {};
  for (const key of Object.keys(ENDS)) found[key] = await state(key);
  return found;
}

test.each([
  ['forgets that it took an end back', { 'taken-back': 'succeeded' }],
  ['forgets submissions that were refused', { refused: 'ready' }],
])('a scheduler that %s is found out', async (bug, wrong) => {
  expect(SHOWN_BY_A_JOURNAL).toContain(bug);
  expect(await endsWith(bug)).toEqual({ ...ENDS, ...wrong });
});

/** What a scheduler makes of its journal when the store has lost all: of a run whose end was asked for, and of a pause. */
async function heldAfterALoss(bug: string): Promise<{ readonly sound: unknown; readonly wrong: unknown }> {
  bench = new Bench();
  const first = await bench.start('s-0');
  const outcome = await first.submit(submission('k-1'));
  const id = outcome.kind === 'accepted' ? outcome.response.id : '';
  await pollOnce(first);
  await first.cancel(id, 'changed-my-mind');
  await first.pause('research/backup', 'maintenance');
  const records = bench.journals.get('s-0') ?? [];
  const after = async (journal: Journal): Promise<unknown> => {
    await bench.close();
    bench = new Bench();
    const second = await bench.start('s-0', { journal });
    await expect.poll(() => second.status().store).toBe('up');
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { task: (await second.task(id))?.state, paused: (await second.fleet('research/backup'))?.paused };
  };
  const sound = await after(memoryJournal([...records]));
  const mutant = MUTANTS[bug]?.journal?.(memoryJournal([...records]), {} as SimDisk);
  if (mutant === undefined) throw new Error(`${bug} is no bug of the journal`);
  return { sound, wrong: await after(mutant) };
}

test.each([
  ['forgets in its journal whose end was asked for', { task: 'ready', paused: true }],
  ['forgets in its journal what holds for a fleet', { task: 'cancelled', paused: false }],
])('a scheduler that %s is found out when the store is', async (bug, wrong) => {
  expect(SHOWN_BY_A_JOURNAL).toContain(bug);
  expect(await heldAfterALoss(bug)).toEqual({ sound: { task: 'cancelled', paused: true }, wrong });
});

/** A scheduler dies when the shard has let a task go, before it hears of it. What its next life with this bug makes of the task. */
async function afterDeathInAMove(bug?: string): Promise<() => Promise<string | undefined>> {
  const memory = memoryStore({ nowUs: () => Date.now() * 1000 });
  const dead = { yes: false };
  const store: Store = {
    ...memory,
    apply: (shard, batch) => {
      if (dead.yes) return Promise.reject(new StoreFailure('unavailable', 'the scheduler is dead'));
      const answer = memory.applyNow(shard, batch);
      dead.yes = batch.operations.some(({ op }) => op === 'remove');
      return dead.yes ? Promise.reject(new StoreFailure('unavailable', 'it died')) : Promise.resolve(answer);
    },
  };
  bench = new Bench(['s-0'], store);
  const fallback = [{ when: ['wait-above' as const], afterMs: 50, fleet: 'research/backup' }];
  const moving = table({ routes: [route({ fallback })] });
  const first = await bench.start('s-0', { table: moving });
  const outcome = await first.submit(submission('k-1'));
  const id = outcome.kind === 'accepted' ? outcome.response.id : '';
  await expect.poll(() => dead.yes, { timeout: 5000 }).toBe(true);
  const records = memoryJournal([...(bench.journals.get('s-0') ?? [])]);
  const journal = bug === undefined ? records : MUTANTS[bug]?.journal?.(records, {} as SimDisk);
  const second = await bench.start('s-0', { table: moving, store: memory, ...(journal !== undefined && { journal }) });
  return async () => {
    const view = await second.task(id).catch(() => undefined);
    return view && `${view.state} in ${view.fleet}`;
  };
}

test('a scheduler that forgets in its journal that a move was begun is found out', { timeout: 20_000 }, async () => {
  const sound = await afterDeathInAMove();
  await expect.poll(sound, { timeout: 5000 }).toBe('ready in research/backup');
  await bench.close();
  const lost = await afterDeathInAMove('forgets in its journal that a move was begun');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await lost()).toBeUndefined();
});
