import type { Redis } from 'ioredis';
import { dragonflyStore } from '../../../runtime/store/dragonfly/dragonfly-store.ts';
import { memoryStore } from '../../../runtime/store/memory/memory-store.ts';
import { OPERATIONS_MAX, type Operation, type Store } from '../../../runtime/store/store.ts';
import { DEFAULT_SETTINGS } from '../../../runtime/core/route-policy.ts';
import { LANE, SHARD, routePolicy, task } from '../../../runtime/store/testing/bench.ts';
import { startStoreServer } from '../../../runtime/store/testing/store-server.ts';
import { median } from '../measure.ts';
import { connectTo, processorTimeFromNow } from './processor-time.ts';

/**
 * What one task costs in the store: submitted, claimed and completed by 100 agents, in micro-batches with one call in flight.
 * CPU is what counts, because it does not depend on what else the machine does. The aim is 17 us here and 27 us in the server.
 *
 * `npx tsx scripts/bench/scheduler/store-path.ts [runs] [tasks]`
 */
const AGENTS = 100;
const AIM = { nodeUs: 17, serverUs: 27 };

interface Figures {
  readonly nodeUs: number;
  readonly serverUs: number;
  readonly perSecond: number;
}

type Lease = { readonly id: string; readonly token: number };

/** Submits and completes so many tasks; the agents finish at once. */
async function drive(store: Store, tasks: number, prefix: string): Promise<void> {
  const leases: (Lease | undefined)[] = Array.from({ length: AGENTS }, () => undefined);
  const queue: number[] = leases.map((_, agent) => agent);
  let position = 0;
  let submitted = 0;
  let completed = 0;
  for (let number = 0; completed < tasks; number += 1) {
    const operations: Operation[] = number === 0 ? [policy()] : [];
    const asking: number[] = [];
    while (operations.length + 3 <= OPERATIONS_MAX && asking.length < AGENTS) {
      const agent = queue.shift() ?? 0;
      const lease = leases[agent];
      if (lease !== undefined) operations.push({ op: 'complete', ...lease, result: '' });
      if (submitted < tasks) {
        operations.push({
          op: 'submit',
          task: task(`${prefix}-${submitted}`, { flow: `tenant-${submitted % 10}`, queueMs: 600_000 }),
        });
        submitted += 1;
      }
      operations.push({ op: 'claim', agent: `agent-${agent}`, lanes: [LANE], count: 1, looks: 32 });
      asking.push(agent);
      queue.push(agent);
    }
    const lsn = position + operations.length;
    const batch = { scheduler: prefix, prevLsn: position, lsn, number, tokenFloor: 0, beat: 0, operations };
    const answer = await store.apply(SHARD, batch);
    if (answer.kind === 'gap') throw new Error('a gap');
    position = lsn;
    let at = 0;
    for (const reply of answer.replies) {
      if (reply.kind === 'done') completed += 1;
      if (reply.kind !== 'claims') continue;
      const record = reply.claims[0]?.record;
      leases[asking[at] ?? 0] = record && { id: record.id, token: record.token };
      at += 1;
    }
  }
}

function policy(): Operation {
  const depth = { max: 1_000_000, onFull: 'reject' } as const;
  return { op: 'policy', revision: 'sha256-1', settings: DEFAULT_SETTINGS, routes: [routePolicy({ depth })] };
}

async function measureRun(store: Store, admin: Redis, tasks: number, run: number): Promise<Figures> {
  const used = await processorTimeFromNow(admin);
  const begun = performance.now();
  await drive(store, tasks, `run${run}`);
  const seconds = (performance.now() - begun) / 1000;
  const { nodeUs, serverUs } = await used();
  return { nodeUs: nodeUs / tasks, serverUs: serverUs / tasks, perSecond: tasks / seconds };
}

function report(name: string, figures: readonly Figures[]): void {
  const of = (pick: (one: Figures) => number): string => {
    const values = figures.map(pick);
    return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)})`;
  };
  console.log(
    `${name}: CPU us/task here ${of(({ nodeUs }) => nodeUs)}, server ${of(({ serverUs }) => serverUs)}; tasks/s ${of(({ perSecond }) => perSecond)}; n=${figures.length}`,
  );
}

async function main(): Promise<void> {
  const [runs = 5, tasks = 40_000] = process.argv.slice(2).map(Number);
  const server = await startStoreServer();
  const admin = connectTo(server.url);
  const store = dragonflyStore({ url: server.url });
  await store.ready();
  await measureRun(store, admin, tasks, -1);
  const figures: Figures[] = [];
  for (let run = 0; run < runs; run += 1) {
    await admin.flushall();
    figures.push(await measureRun(store, admin, tasks, run));
  }
  report('dragonfly store', figures);
  console.log(`aim: CPU us/task here ${AIM.nodeUs}, server ${AIM.serverUs}`);
  const memory: Figures[] = [];
  for (let run = 0; run < runs; run += 1) {
    const own = memoryStore({ nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000) });
    memory.push(await measureRun(own, admin, tasks, run));
  }
  report('memory store', memory);
  await store.close();
  admin.disconnect();
  await server.stop();
}

await main();
