import { copyFile, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openJournal } from '../../journal/file-journal.ts';
import type { Journal } from '../../journal/journal.ts';

/**
 * Journals as versions before this one have written them, every kind of record in each. A release that changes what is written
 * adds one, and removes none: an upgrade begins with the journal of the version before.
 */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const FIRST_SEGMENT = '0000000000000000.journal';

export const OLD_JOURNALS: readonly string[] = (await readdir(FIXTURES)).filter((name) => name.endsWith('.journal'));

/** What becomes of the tasks in them, by key; they are of tenant `research` and begin in `research/summarizer`. */
export const ENDS = {
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

/** A copy of one, opened; its folder is the caller's to remove. */
export async function oldJournal(name: string): Promise<{ readonly journal: Journal; readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'nova-torch-journal-'));
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
  return { journal, directory };
}
