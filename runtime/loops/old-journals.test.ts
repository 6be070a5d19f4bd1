import { rm } from 'node:fs/promises';
import { afterEach, expect, test } from 'vitest';
import { taskId } from '../core/task-id.ts';
import type { RunningScheduler } from './scheduler.ts';
import { Bench } from './testing/bench.ts';
import { ENDS, OLD_JOURNALS, oldJournal } from './testing/old-journal.ts';

let directory = '';
const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
  await rm(directory, { recursive: true, force: true });
});

async function state(scheduler: RunningScheduler, key: string): Promise<string | undefined> {
  return (await scheduler.task(taskId('research', key, 'research/summarizer')))?.state;
}

test.each(OLD_JOURNALS)('an empty store knows again what %s promised', async (name) => {
  const opened = await oldJournal(name);
  ({ directory } = opened);
  const bench = new Bench();
  benches.push(bench);
  const scheduler = await bench.start('s-0', { journal: opened.journal });
  await expect.poll(() => state(scheduler, 'open').catch(() => undefined)).toBe('ready');
  const found: Record<string, string | undefined> = {};
  for (const key of Object.keys(ENDS)) found[key] = await state(scheduler, key);
  expect(found).toEqual(ENDS);
  const view = await scheduler.task(taskId('research', 'open', 'research/summarizer'));
  expect(view).toMatchObject({ labels: { from: 'ä😀' }, input: { key: 'open' } });
});

test('there is a journal of every version that has been released', () => {
  expect(OLD_JOURNALS).toEqual(['0.1.0.journal']);
});
