import { join } from 'node:path';
import type { JournalFiles } from './journal-files.ts';
import type { JournalOptions } from './journal.ts';
import { isSegmentName, scanSegment } from './segment.ts';

/** A file of the journal, and what is to be known of it. */
export interface Segment {
  readonly file: string;
  bytes: number;
  /** Newest LSN in it; that above which it begins while it is empty. */
  lsn: number;
  /** When it was written to last. */
  changedMs: number;
  /** How many of its records are open. */
  open: number;
}

export interface Loaded {
  readonly segments: Segment[];
  /** Segment of each open record. */
  readonly where: Map<string, Segment>;
  readonly lsn: number;
}

/** Reads all segments, and cuts off the torn end of the newest. Throws `JournalDamaged`. */
export async function loadSegments({ directory }: JournalOptions, files: JournalFiles): Promise<Loaded> {
  const names = (await files.list(directory)).filter(isSegmentName).sort();
  const segments: Segment[] = [];
  const where = new Map<string, Segment>();
  let lsn = 0;
  for (const [index, name] of names.entries()) {
    const file = join(directory, name);
    const isNewest = index === names.length - 1;
    lsn = Math.max(lsn, Number.parseInt(name, 10));
    const scanned = scanSegment(file, await files.read(file), lsn, isNewest);
    if (scanned.torn > 0) await cut(files, file, scanned.end);
    const segment = segmentOf(file, scanned.end, lsn, (await files.facts(file)).changedMs);
    for (const { lsn: at, name: open } of scanned.frames) {
      lsn = at;
      segment.lsn = at;
      if (open !== '') holdOpen(where, open, segment);
    }
    segments.push(segment);
  }
  return { segments, where, lsn };
}

/** Of one that was carried forward, the newer one counts. */
export function holdOpen(where: Map<string, Segment>, name: string, segment: Segment): void {
  const before = where.get(name);
  if (before !== undefined) before.open -= 1;
  where.set(name, segment);
  segment.open += 1;
}

async function cut(files: JournalFiles, file: string, size: number): Promise<void> {
  const handle = await files.append(file);
  await handle.truncate(size);
  await handle.sync();
  await handle.close();
}

export function segmentOf(file: string, bytes: number, lsn: number, changedMs: number): Segment {
  return { file, bytes, lsn, changedMs, open: 0 };
}
