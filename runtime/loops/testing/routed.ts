import { afterEach } from 'vitest';
import type { RoutingTable, TableRoute } from '../../../spec/contract/routing-table.ts';
import { route } from './bench.ts';
import { VirtualBench } from './virtual-bench.ts';

/** The fleets of the table: its route leads to the first. */
export const MAIN = 'research/summarizer';
export const BACKUP = 'research/backup';

const benches: VirtualBench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.close();
});

/** A scheduler in virtual time whose table has one route, with what a test changes of it. It ends with its test. */
export async function routed(changes: Partial<TableRoute>, more: Partial<RoutingTable> = {}): Promise<VirtualBench> {
  const bench = new VirtualBench();
  await bench.start({ routes: [route(changes)], ...more });
  benches.push(bench);
  return bench;
}
