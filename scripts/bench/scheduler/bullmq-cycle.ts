import { Queue, Worker } from 'bullmq';

/** BullMQ as its documentation has it: one queue, one worker with as many jobs at once as there are agents, nothing kept. */
const CONCURRENCY = 100;
const UNDER_WAY = 200;

export interface BullMq {
  /** Adds so many jobs, so many under way at once, and resolves when all have been processed. */
  cycle(jobs: number): Promise<void>;
  /** Adds jobs that nobody takes yet. */
  add(jobs: number): Promise<void>;
  /** Takes what there is; resolves with the number of jobs processed when none has come for a second. */
  takeAll(): Promise<number>;
  close(): Promise<void>;
}

export function bullMq(path: string, name: string): BullMq {
  const connection = { path, maxRetriesPerRequest: null };
  const queue = new Queue(name, {
    connection,
    defaultJobOptions: { removeOnComplete: true, attempts: 3, backoff: { type: 'exponential', delay: 1000 } },
  });
  let processed = 0;
  let told: () => void = () => undefined;
  let worker: Worker | undefined;
  const work = (): void => {
    worker ??= new Worker(
      name,
      async () => {
        processed += 1;
        told();
      },
      { connection, concurrency: CONCURRENCY },
    );
    worker.on('error', () => undefined);
  };
  const addAll = async (jobs: number): Promise<void> => {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < jobs) {
        const n = next;
        next += 1;
        await queue.add('work', { n, text: BODY }, { jobId: `job-${name}-${n}` });
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
    takeAll: async () => {
      processed = 0;
      work();
      for (let before = -1; before !== processed;) {
        before = processed;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
      return processed;
    },
    close: async () => {
      await worker?.close();
      await queue.close();
    },
  };
}

/** About as long as what is sent to our scheduler. */
export const BODY = 'x'.repeat(40);
