import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { withDigest } from '../chaos/chaos-table.ts';
import { keepTable, readEarlierTables } from './earlier-tables.ts';
import { TABLES_MAX } from './tables.ts';
import { Bench, route, submission, table } from './testing/bench.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-torch-tables-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { digest: _, ...plain } = table();
const toFleet = (fleet: string): RoutingTable =>
  withDigest({ ...plain, routes: [route({ to: [{ fleet, weight: 100 }] })] });
const numbered = (number: number): RoutingTable =>
  withDigest({ ...plain, routes: [route({ id: `research/r-${number}` })] });

/** Keeps a table as if it had come so many seconds after the epoch. */
async function keepAt(kept: RoutingTable, seconds: number): Promise<void> {
  await keepTable(folder, kept);
  utimesSync(join(folder, `${kept.digest}.json`), seconds, seconds);
}

test('tables come back in the order in which they were in force, without the present one', async () => {
  const [first, second, third] = [numbered(1), numbered(2), numbered(3)];
  for (const [index, one] of [first, second, third].entries()) await keepAt(one, 1000 + index);
  expect(await readEarlierTables(folder, third)).toEqual([first, second]);
  // It was in force again.
  await keepAt(first, 2000);
  expect(await readEarlierTables(folder, numbered(4))).toEqual([second, third, first]);
});

test('where there are none there are none', async () => {
  expect(await readEarlierTables(join(folder, 'nowhere'), numbered(1))).toEqual([]);
});

test('one that was changed, cut off or is of another environment is left out', async () => {
  const good = numbered(1);
  await keepAt(good, 1000);
  const other = withDigest({ ...plain, environment: 'prod' });
  await keepAt(other, 1001);
  const changed = numbered(2);
  writeFileSync(join(folder, `${changed.digest}.json`), JSON.stringify({ ...changed, environment: 'prod' }));
  writeFileSync(join(folder, `${numbered(3).digest}.json`), '{"schema":1');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  expect(await readEarlierTables(folder, numbered(4))).toEqual([good]);
});

test('no more are kept than can matter, the oldest go', async () => {
  for (let number = 0; number < TABLES_MAX + 3; number += 1) await keepAt(numbered(number), 1000 + number);
  expect(readdirSync(folder)).toHaveLength(TABLES_MAX);
  const [oldest] = await readEarlierTables(folder, numbered(99));
  expect(oldest).toEqual(numbered(3));
});

test('a key names the same task after a restart, though its route leads to another fleet now', async () => {
  const [before, after] = [toFleet('research/summarizer'), toFleet('research/backup')];
  const bench = new Bench();
  try {
    const first = await bench.start('s-0', { table: before });
    const accepted = await first.submit(submission('k-1'));
    await first.close();
    bench.running.splice(0);
    const next = await bench.start('s-0', { table: after, earlierTables: [before] });
    const again = await next.submit(submission('k-1'));
    expect(accepted).toMatchObject({ kind: 'accepted' });
    expect(again).toMatchObject({
      kind: 'accepted',
      response: { duplicate: 'repeated', ...(accepted.kind === 'accepted' && { id: accepted.response.id }) },
    });
  } finally {
    await bench.close();
  }
});
