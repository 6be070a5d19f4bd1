import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import { readTable } from './table-source.ts';
import { TABLES_MAX } from './tables.ts';

/**
 * Tables that were in force before, on this scheduler's disk. A key that was used under one of them names the same task after a
 * restart, although the present table would send it to another fleet; and a task in a lane of theirs is called by its route.
 * One that is damaged, or of another environment, is as one that was never there.
 */

/** Of all that is kept. */
const BYTES_MAX = 64 * 1024 * 1024;
const FILE = /^sha256-[0-9a-f]{64}\.json$/;

/** The oldest first, without the one that is in force. */
export async function readEarlierTables(
  folder: string,
  { environment, digest }: Pick<RoutingTable, 'environment' | 'digest'>,
): Promise<readonly RoutingTable[]> {
  const tables: RoutingTable[] = [];
  for (const { path } of await kept(folder)) {
    const read = await readTable(path, environment);
    if (read.kind === 'table' && read.table.digest !== digest) tables.push(read.table);
  }
  return tables.reverse();
}

/** Keeps a table that is in force from now on, and lets go of the oldest. Throws what the file system says. */
export async function keepTable(folder: string, table: RoutingTable): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${table.digest}.json`);
  const draft = `${path}.new`;
  await writeFile(draft, JSON.stringify(table), { mode: 0o600 });
  await rename(draft, path);
  const now = new Date();
  await utimes(path, now, now);
  let bytes = 0;
  for (const [index, one] of (await kept(folder)).entries()) {
    bytes += one.size;
    if (index > 0 && (index >= TABLES_MAX || bytes > BYTES_MAX)) await rm(one.path, { force: true });
  }
}

/** The newest first. */
async function kept(folder: string): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const files = await Promise.all(
    names
      .filter((name) => FILE.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
  );
  return files.sort((a, b) => b.mtimeMs - a.mtimeMs);
}
