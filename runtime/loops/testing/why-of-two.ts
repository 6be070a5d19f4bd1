import { expect } from 'vitest';
import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { WhyResponse } from '../../../spec/contract/protocol.ts';
import type { RunningScheduler } from '../scheduler.ts';
import { table } from './bench.ts';
import { twoInVirtualTime } from './two-in-virtual-time.ts';

/** Two schedulers over one store in virtual time, and what both say of a task. To be closed. */
export async function whyOfTwo(changes: Partial<RoutingTable> = {}) {
  const earlierTables = [table(changes)];
  const two = await twoInVirtualTime({ options: () => ({ table: table(changes), earlierTables }) });
  const { clock, schedulers } = two;
  const start = (name: string, own: Partial<RoutingTable>): Promise<RunningScheduler> =>
    two.start(name, { table: table(own) });
  /** What both of them say when they are asked in the same instant. */
  const both = async (id: string): Promise<readonly (WhyResponse | undefined)[]> =>
    clock.until(Promise.all(schedulers.map((scheduler) => scheduler.why(id))));
  /** What both of them say when all was told. */
  const why = async (id: string): Promise<WhyResponse | undefined> => {
    await clock.pass(1000);
    const answers = await both(id);
    expect(answers[1]).toEqual(answers[0]);
    return answers[0];
  };
  return { ...two, start, both, why };
}
