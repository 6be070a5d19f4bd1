import { Queue, Worker } from 'bullmq';
import { BENCH_TEXT } from './bench-table.ts';
import { connectionOf } from './store-connection.ts';

/**
 * BullMQ as its documentation has it: one queue, and workers for as many jobs at once as there are agents. What has ended is kept
 * for an hour, as ours keeps it: only so is its result there, and an id that comes again known.
 */
const KEEP_S = 3600;
/** One worker in one process, which is BullMQ at its best; or one for each agent, as agents in processes of their own have it. */
export type Workers = 'one of 100 jobs' | '100 of one job';
const LAYOUTS: Readonly<Record<Workers, { readonly workers: number; readonly concurrency: number }>> = {
  'one of 100 jobs': { workers: 1, concurrency: 100 },
  '100 of one job': { workers: 100, concurrency: 1 },
};
const UNDER_WAY = 200;

export interface BullMq {
  /** Adds so many jobs, so many under way at once, and resolves when all have been processed. */
  cycle(jobs: number): Promise<void>;
  /** Adds jobs that nobody takes yet. */
  add(jobs: number): Promise<void>;
  /** Takes what there is; resolves with the ids of what was processed when none has come for `quietMs`. */
  takeAll(quietMs: number): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

export function bullMq(url: string, name: string, layout: Workers = 'one of 100 jobs'): BullMq {
  const connection = { ...connectionOf(url), maxRetriesPerRequest: null };
  const queue = new Queue(name, {
    connection,
    defaultJobOptions: {
      removeOnComplete: { age: KEEP_S },
      attempts: 3,
      backoff: { type: 'exponential', delay: 1000 },
    },
  });
  let processed = 0;
  let told: (id: string) => void = () => undefined;
  const workers: Worker[] = [];
  const work = (): void => {
    const { workers: count, concurrency } = LAYOUTS[layout];
    while (workers.length < count) {
      const worker = new Worker(
        name,
        async ({ id = '' }) => {
          processed += 1;
          told(id);
        },
        { connection, concurrency },
      );
      worker.on('error', () => undefined);
      workers.push(worker);
    }
  };
  const addAll = async (jobs: number): Promise<void> => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < jobs) {
        const n = next;
        next += 1;
        await queue.add('work', { n, text: BENCH_TEXT }, { jobId: `job-${name}-${n}` });
      }
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, lane));
  };
  return {
    cycle: async (jobs) => {
      processed = 0;
      const all = new Promise<void>((resolve) => {
        told = () => {
          if (processed >= jobs) resolve();
        };
      });
      work();
      await addAll(jobs);
      await all;
    },
    add: addAll,
    takeAll: async (quietMs) => {
      const ids = new Set<string>();
      told = (id) => ids.add(id);
      work();
      for (let before = -1; before !== ids.size;) {
        before = ids.size;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
      return ids;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await queue.close();
    },
  };
}
