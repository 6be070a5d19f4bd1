import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openJournal } from '../journal/file-journal.ts';
import { accept, Bench, fleet, submission, table } from './testing/bench.ts';

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('what a look at a shard has ended is told and durable before a scheduler is closed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nova-torch-close-'));
  cleanUps.push(() => rmSync(directory, { recursive: true }));
  const unhandled: unknown[] = [];
  const hear = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', hear);
  cleanUps.push(() => void process.off('unhandledRejection', hear));
  const size = { segmentBytes: 1e7, bytesMax: 1e9, reserveBytes: 1e6, keepMs: 1e6 };
  const journal = await openJournal({ directory, ...size, nowMs: () => Date.now(), onFatal: hear });
  const bench = new Bench();
  cleanUps.push(() => bench.close());
  const finished: string[] = [];
  const hasty = fleet({ accepts: { summarize: accept({ queueMs: 300 }) } });
  const scheduler = await bench.start('s-0', {
    journal,
    table: table({ fleets: { 'research/summarizer': hasty } }),
    observer: { finished: ({ id }) => void finished.push(id) },
  });
  await expect.poll(() => scheduler.status().store).toBe('up');
  for (let count = 0; count < 90; count += 1) await scheduler.submit(submission(`k-${count}`));
  await expect.poll(() => finished.length, { interval: 1 }).toBeGreaterThan(0);
  await scheduler.close();
  const atClose = finished.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(unhandled).toEqual([]);
  expect(finished).toHaveLength(atClose);
});

test('to close a scheduler twice is to wait twice', async () => {
  const bench = new Bench();
  const scheduler = await bench.start('s-0');
  await Promise.all([scheduler.close(), scheduler.close()]);
  await scheduler.close();
});
