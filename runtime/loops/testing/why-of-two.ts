import { expect } from 'vitest';
import type { RoutingTable } from '../../../spec/contract/routing-table.ts';
import type { WhyResponse } from '../../../spec/contract/protocol.ts';
import { memoryStore } from '../../store/memory/memory-store.ts';
import type { Operation, Store } from '../../store/store.ts';
import type { RunningScheduler } from '../scheduler.ts';
import { AGENT, Bench, pollOnce, submission, table } from './bench.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Two schedulers over one store in virtual time, and what both say of a task. To be closed. */
export async function whyOfTwo(changes: Partial<RoutingTable> = {}) {
  const clock = new VirtualClock();
  const memory = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  const asked: Operation[] = [];
  const apply: Store['apply'] = (shard, batch) => {
    asked.push(...batch.operations);
    return memory.apply(shard, batch);
  };
  const bench = new Bench(['s-0', 's-1'], { ...memory, apply });
  const bounds = { tickMs: 100, idleTickMs: 200 };
  const start = (name: string, own = changes): Promise<RunningScheduler> =>
    clock.until(bench.start(name, { clock, bounds, table: table(own), earlierTables: [table(changes)] }));
  const schedulers = [await start('s-0'), await start('s-1')];
  const close = async () => {
    for (const scheduler of schedulers) await clock.until(scheduler.close());
  };
  await clock.pass(1000);
  const [here, there] = schedulers as [RunningScheduler, RunningScheduler];
  const accepted = async (key: string): Promise<string> => {
    const outcome = await clock.until(here.submit(submission(key)));
    return outcome.kind === 'accepted' ? outcome.response.id : outcome.kind;
  };
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
  const take = async (scheduler = here) => {
    const [task] = (await clock.until(pollOnce(scheduler, { waitMs: 100 }))).tasks;
    return { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  };
  return { clock, here, there, schedulers, asked, start, accepted, both, why, take, close };
}
