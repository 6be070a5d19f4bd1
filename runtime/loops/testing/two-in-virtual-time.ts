import { memoryStore } from '../../store/memory/memory-store.ts';
import { StoreFailure } from '../../store/store-failure.ts';
import type { Operation, Store } from '../../store/store.ts';
import type { RunningScheduler, SchedulerOptions } from '../scheduler.ts';
import { AGENT, Bench, pollOnce, submission } from './bench.ts';
import { VirtualClock } from './virtual-clock.ts';

interface Two {
  readonly clock?: VirtualClock;
  /** How often shards are looked at; the rarer, the cheaper are hours. */
  readonly tickMs?: number;
  /** What both are started with, or each. */
  readonly options: (name: string) => Partial<SchedulerOptions>;
  /** Hears what a scheduler asks of the store. */
  readonly onAsk?: (name: string, operations: readonly Operation[]) => void;
}

/** Two schedulers over one store in virtual time, each with a way to it that can be cut. To be closed. */
export async function twoInVirtualTime({ clock = new VirtualClock(), tickMs = 100, options, onAsk }: Two) {
  const memory = memoryStore({ nowUs: () => clock.nowMs() * 1000 });
  const bench = new Bench(['s-0', 's-1'], memory);
  /** Names of those that do not reach the store. */
  const cut = new Set<string>();
  const asked: Operation[] = [];
  const storeOf = (name: string): Store => ({
    ...memory,
    apply: (shard, batch) => {
      if (cut.has(name)) return Promise.reject(new StoreFailure('unavailable', 'cut off'));
      asked.push(...batch.operations);
      onAsk?.(name, batch.operations);
      return memory.apply(shard, batch);
    },
  });
  /** A life of one of them, begun with what is given before its options. */
  const start = (name: string, changes: Partial<SchedulerOptions> = {}): Promise<RunningScheduler> => {
    const bounds = { tickMs, idleTickMs: 2 * tickMs };
    return clock.until(bench.start(name, { clock, bounds, store: storeOf(name), ...options(name), ...changes }));
  };
  const [here, there] = [await start('s-0'), await start('s-1')];
  const schedulers = [here, there];
  await clock.pass(1000);
  const accepted = async (key: string): Promise<string> => {
    const outcome = await clock.until(here.submit(submission(key)));
    return outcome.kind === 'accepted' ? outcome.response.id : outcome.kind;
  };
  const take = async (scheduler = here) => {
    const [task] = (await clock.until(pollOnce(scheduler, { waitMs: 100 }))).tasks;
    return { id: task?.id ?? '', token: task?.token ?? 0, agent: AGENT };
  };
  const close = (): Promise<void> => clock.until(bench.close());
  return { clock, cut, asked, start, here, there, schedulers, accepted, take, close };
}
