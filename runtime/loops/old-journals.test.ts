import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { taskId } from '../core/task-id.ts';
import { openJournal } from '../journal/file-journal.ts';
import type { RunningScheduler } from './scheduler.ts';
import { Bench } from './testing/bench.ts';

/**
 * Journals as versions before this one have written them, every kind of record in each. A release that changes what is written
 * adds one, and removes none: an upgrade begins with the journal of the version before.
 */
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const FIRST_SEGMENT = '0000000000000000.journal';

const ENDS = {
  open: 'ready',
  done: 'succeeded',
  cancelled: 'cancelled',
  dead: 'dead',
  redriven: 'ready',
  refused: undefined,
  moved: 'ready',
  moving: 'ready',
  stayed: 'ready',
  'taken-back': 'ready',
} as const;

let directory = '';
const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
  await rm(directory, { recursive: true, force: true });
});

async function state(scheduler: RunningScheduler, key: string): Promise<string | undefined> {
  return (await scheduler.task(taskId('research', key, 'research/summarizer')))?.state;
}

const names = (await readdir(FIXTURES)).filter((name) => name.endsWith('.journal'));

test.each(names)('an empty store knows again what %s promised', async (name) => {
  directory = await mkdtemp(join(tmpdir(), 'nova-torch-journal-'));
  await copyFile(join(FIXTURES, name), join(directory, FIRST_SEGMENT));
  const journal = await openJournal({
    directory,
    segmentBytes: 1_000_000,
    bytesMax: 10_000_000,
    reserveBytes: 4096,
    keepMs: 3_600_000,
    nowMs: () => Date.now(),
    onFatal: (error) => {
      throw error;
    },
  });
  const bench = new Bench();
  benches.push(bench);
  const scheduler = await bench.start('s-0', { journal });
  await expect.poll(() => state(scheduler, 'open').catch(() => undefined)).toBe('ready');
  const found: Record<string, string | undefined> = {};
  for (const key of Object.keys(ENDS)) found[key] = await state(scheduler, key);
  expect(found).toEqual(ENDS);
  const view = await scheduler.task(taskId('research', 'open', 'research/summarizer'));
  expect(view).toMatchObject({ labels: { from: 'ä😀' }, input: { key: 'open' } });
});

test('there is a journal of every version that has been released', () => {
  expect(names).toEqual(['0.1.0.journal']);
});
