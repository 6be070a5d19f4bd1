import { Worker } from 'node:worker_threads';
import type { KnownUnit } from '../compile.ts';
import type { EmittedUnit } from './emit-share.ts';

/** What a worker is told: which part of which company. */
export interface WorkerOrder {
  readonly root: string;
  readonly today: string;
  readonly environments: readonly string[] | undefined;
  readonly share: number;
  readonly of: number;
}

export interface Workers {
  /** All units are there. Rejects with a worker's error, which is our bug. */
  readonly ready: () => Promise<void>;
  /** A unit that a worker made from the same input. */
  readonly unit: (environment: string, unit: string, from: string) => KnownUnit | undefined;
}

/** Below `dist/compiler/`, whether this module stands alone or in a chunk. */
const WORKER = '../incremental/emit-worker.js';

/** Begins to emit the fleets' units in `count` threads, while this thread reads and checks the spec. */
export function startWorkers(count: number, order: Omit<WorkerOrder, 'share' | 'of'>): Workers {
  const shares = Array.from({ length: count }, (_, share) => run({ ...order, share, of: count }));
  // With an error in the spec nobody waits for them.
  for (const share of shares) share.catch(() => undefined);
  const units = new Map<string, KnownUnit>();
  return {
    ready: async () => {
      for (const { environment, known } of (await Promise.all(shares)).flat()) {
        units.set(`${environment}/${known.unit.id}`, known);
      }
    },
    unit: (environment, id, from) => {
      const known = units.get(`${environment}/${id}`);
      return known?.from === from ? known : undefined;
    },
  };
}

async function run(workerData: WorkerOrder): Promise<readonly EmittedUnit[]> {
  const worker = new Worker(new URL(WORKER, import.meta.url), { workerData, execArgv: [] });
  worker.unref();
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
