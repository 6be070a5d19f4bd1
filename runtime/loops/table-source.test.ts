import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { canonicalJson } from '../../spec/contract/canonical.ts';
import type { RoutingTable } from '../../spec/contract/routing-table.ts';
import type { Json } from '../../spec/contract/source.ts';
import { systemClock } from './clock.ts';
import { watchTable } from './table-source.ts';
import { table } from './testing/bench.ts';

let folder: string;
let stop = (): void => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nova-table-'));
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true });
});

function signed(changes: Partial<RoutingTable> = {}): RoutingTable {
  const { digest: _, ...rest } = table(changes);
  const own = createHash('sha256').update(canonicalJson(rest as unknown as Json));
  return { ...rest, digest: `sha256-${own.digest('hex')}` };
}

test('the table in force is told of again when one that was refused has gone, and once only', async () => {
  const path = join(folder, 'routing-table.json');
  const [good, other] = [signed(), signed({ providers: { brain: { breaker: { errors: 0.5, openForMs: 30_000 } } } })];
  const told: string[] = [];
  // At once, so that nothing is read while it is written.
  const write = (value: object): void => {
    writeFileSync(`${path}.new`, JSON.stringify(value));
    renameSync(`${path}.new`, path);
  };
  const isTold = (last: string): Promise<void> => vi.waitFor(() => expect(told.at(-1)).toBe(last), { timeout: 5000 });

  write(good);
  stop = watchTable({
    path,
    clock: systemClock,
    everyMs: 5,
    first: good.digest,
    onTable: ({ digest }) => told.push(digest),
    onRefused: () => told.push('refused'),
  });
  write({ ...good, digest: 'sha256-wrong' });
  await isTold('refused');
  write(good);
  await isTold(good.digest);
  write({ ...other, digest: 'sha256-wrong' });
  await isTold('refused');
  write(other);
  await isTold(other.digest);
  write(good);
  await isTold(good.digest);
  expect(told).toEqual(['refused', good.digest, 'refused', other.digest, good.digest]);
});
