import type { Redis } from 'ioredis';
import { dragonflyStore } from '../../../runtime/store/dragonfly/dragonfly-store.ts';
import { startDurableServer } from '../../../runtime/store/testing/store-server.ts';
import type { Figures, Target } from '../figures.ts';
import { median } from '../measure.ts';
import { AGENTS } from './bench-table.ts';
import { bullMq, type Workers } from './bullmq-cycle.ts';
import { ownScheduler } from './own-scheduler.ts';
import { processorTimeFromNow } from './processor-time.ts';
import { connectTo } from './store-connection.ts';
import { drive } from './store-path.ts';

/** Something that adds so many tasks, hands them out, and ends them. */
interface Driven {
  cycle(tasks: number): Promise<void>;
  close(): Promise<void>;
}
type Start = (url: string, name: string) => Promise<Driven>;

interface Cycle {
  readonly cpuUs: number;
  readonly perSecond: number;
}

/** In the order of a round. `synced`: on a server that has written to its disk what it answers, as our journal has. */
const WAYS = {
  whole: { start: startWhole, synced: false },
  store: { start: startStore, synced: false },
  one: { start: startBullMq('one of 100 jobs'), synced: false },
  hundred: { start: startBullMq('100 of one job'), synced: false },
  syncedOne: { start: startBullMq('one of 100 jobs'), synced: true },
  syncedHundred: { start: startBullMq('100 of one job'), synced: true },
} as const satisfies Record<string, { readonly start: Start; readonly synced: boolean }>;
type Way = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as readonly Way[];

/**
 * Our store does what BullMQ does, on the same server, and is held to targets. Our whole scheduler also writes each task to its
 * own disk twice and waits for it; it is told beside BullMQ on a server that waits for its disk, and beside the other.
 */
export async function sameWork({ row }: Figures, url: string, size: { tasks: number; rounds: number }): Promise<void> {
  const cycles = await measured(url, size);
  const told = (what: string, way: Way): void => {
    row(what, cycles[way].cpuUs, 'us CPU per task, Node and server');
    row('  throughput', cycles[way].perSecond, 'tasks/s');
  };
  const against = (what: string, ours: Way, theirs: Way, targets?: { cpu: Target; speed: Target }): void => {
    row(`  against ${what}`, cycles[ours].cpuUs / cycles[theirs].cpuUs, 'times the CPU', targets?.cpu);
    row('    and', cycles[ours].perSecond / cycles[theirs].perSecond, 'times as fast', targets?.speed);
  };
  const targets = { cpu: { most: 0.33 }, speed: { least: 2.5 } };
  told('BullMQ, add and process: one worker, 100 jobs at once', 'one');
  told('BullMQ, the same: 100 workers, as 100 agents are', 'hundred');
  told('our store: submit, claim, complete', 'store');
  against('one worker', 'store', 'one', targets);
  against('100 workers', 'store', 'hundred', targets);
  told('BullMQ on a server that syncs what it answers: one worker', 'syncedOne');
  told('  100 workers', 'syncedHundred');
  told('our whole scheduler, which syncs each task twice', 'whole');
  against('one worker that syncs', 'whole', 'syncedOne');
  against('100 workers that sync', 'whole', 'syncedHundred');
  against('one worker', 'whole', 'one');
  against('100 workers', 'whole', 'hundred');
}

async function measured(url: string, { tasks, rounds }: { tasks: number; rounds: number }) {
  const server = await startDurableServer();
  const [plain, synced] = [connectTo(url), connectTo(server.url)];
  const cycles: Record<Way, Cycle[]> = { whole: [], store: [], one: [], hundred: [], syncedOne: [], syncedHundred: [] };
  try {
    // The first round warms all, and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      for (const name of NAMES) {
        const way = WAYS[name];
        const admin = way.synced ? synced : plain;
        await admin.flushall();
        const driven = await way.start(way.synced ? server.url : url, `${name}-${round}`);
        const cycle = await timed(admin, driven, tasks);
        await driven.close();
        if (round > 0) cycles[name].push(cycle);
      }
    }
  } finally {
    plain.disconnect();
    synced.disconnect();
    await server.stop();
  }
  return Object.fromEntries(NAMES.map((name) => [name, medians(cycles[name])])) as Record<Way, Cycle>;
}

async function timed(admin: Redis, driven: Driven, tasks: number): Promise<Cycle> {
  const used = await processorTimeFromNow(admin);
  const begun = performance.now();
  await driven.cycle(tasks);
  const seconds = (performance.now() - begun) / 1000;
  const { nodeUs, serverUs } = await used();
  return { cpuUs: (nodeUs + serverUs) / tasks, perSecond: tasks / seconds };
}

function medians(cycles: readonly Cycle[]): Cycle {
  return {
    cpuUs: median(cycles.map(({ cpuUs }) => cpuUs)),
    perSecond: median(cycles.map(({ perSecond }) => perSecond)),
  };
}

async function startWhole(url: string, name: string): Promise<Driven> {
  const own = await ownScheduler(url, name);
  own.startAgents(AGENTS);
  return own;
}

async function startStore(url: string, name: string): Promise<Driven> {
  const store = dragonflyStore({ url });
  await store.ready();
  return { cycle: (tasks) => drive(store, tasks, name), close: () => store.close() };
}

function startBullMq(workers: Workers): Start {
  return async (url, name) => bullMq(url, name, workers);
}
