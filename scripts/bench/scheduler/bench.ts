import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { percentiles } from '../../../runtime/load/percentiles.ts';
import { startStoreServer } from '../../../runtime/store/testing/store-server.ts';
import { figures } from '../figures.ts';
import { median } from '../measure.ts';
import { AGENTS } from './bench-table.ts';
import { bullMq } from './bullmq-cycle.ts';
import { noisyTenant } from './noisy-tenant.ts';
import { overHttp } from './over-http.ts';
import { ownScheduler } from './own-scheduler.ts';
import { processorTimeFromNow } from './processor-time.ts';
import { sameWork } from './same-work.ts';
import { connectTo } from './store-connection.ts';

/**
 * The scheduler against BullMQ on the same server, in one run, round by round: `npm run bench:scheduler [-- --quick]`. Figures
 * are medians of the rounds. Both are driven in this process without HTTP, with 100 agents or a concurrency of 100. Our store is
 * held to BullMQ, which does the same work; our whole scheduler also syncs each task twice, so it is told beside BullMQ on a
 * server that syncs what it has answered, which is the nearest that there is to it. Ends with 1 when a target is missed.
 */
const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const ROUNDS = values.quick ? 1 : 5;
const TASKS = values.quick ? 3000 : 20_000;
const SECONDS = values.quick ? 3 : 15;
const BACKLOG = 2000;
/** After so long without another one nothing more is expected. */
const QUIET_MS = 5000;
const CROWD = 5000;
const CROWD_RATE = 1000;
const COMMAND = resolve(import.meta.dirname, '../../../dist/compiler/cli/main.js');

const server = await startStoreServer();
const admin = connectTo(server.url);
const table = figures();
const { row, print } = table;
try {
  await step('the same work', async () => sameWork(table, await emptied(), { tasks: TASKS, rounds: ROUNDS }));
  await step('crowds of agents', crowds);
  await step('as it is shipped', shipped);
  await step('a noisy tenant', fairness);
  await step('a wiped store', wiped);
} finally {
  admin.disconnect();
  await server.stop();
  print();
}

/** Says where it is: the whole takes minutes. */
async function step(what: string, run: () => Promise<void>): Promise<void> {
  console.error(`${what} ...`);
  await run();
}

async function emptied(): Promise<string> {
  await admin.flushall();
  return server.url;
}

/** Cost follows tasks, not agents. */
async function crowds(): Promise<void> {
  const few: Crowd[] = [];
  const many: Crowd[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    few.push(await crowd(AGENTS, round));
    many.push(await crowd(CROWD, round));
  }
  const p99 = (crowds: readonly Crowd[]): number => median(crowds.map(({ p99Ms }) => p99Ms));
  const cpu = (crowds: readonly Crowd[]): number => median(crowds.map(({ cpuUs }) => cpuUs));
  row(`${AGENTS} agents, ${CROWD_RATE} tasks/s: due until an agent has it, p99`, p99(few), 'ms');
  row(`${CROWD} agents, the same`, p99(many), 'ms');
  // Medians of p99s on a machine with other work are apart by as much as this without a cause.
  row('  against the few', p99(many) / p99(few), 'times', { most: 1.25 });
  row(`${AGENTS} agents, the same runs`, cpu(few), 'us CPU per task, Node and server');
  row(`${CROWD} agents`, cpu(many), 'us CPU per task, Node and server');
}

interface Crowd {
  readonly cpuUs: number;
  readonly p99Ms: number;
}

async function crowd(agents: number, round: number): Promise<Crowd> {
  const own = await ownScheduler(await emptied(), `crowd-${round}`);
  own.startAgents(agents);
  await own.atRate(CROWD_RATE / 5, 2);
  const used = await processorTimeFromNow(admin);
  const { p99Ms, count } = percentiles(await own.atRate(CROWD_RATE, SECONDS));
  const { nodeUs, serverUs } = await used();
  await own.close();
  return { cpuUs: (nodeUs + serverUs) / count, p99Ms };
}

/** `nova-torch serve` and real HTTP, each rate for itself: the highest one that meets the target is what this machine sustains. */
async function shipped(): Promise<void> {
  for (const perSecond of values.quick ? [250] : [250, 500, 1000]) {
    const p99: number[] = [];
    const p50: number[] = [];
    const notAccepted: number[] = [];
    for (let round = 0; round < Math.min(3, ROUNDS); round += 1) {
      const storeUrl = await emptied();
      const report = await overHttp(
        { command: COMMAND, storeUrl, name: `http-${perSecond}-${round}` },
        { agents: AGENTS, perSecond, seconds: SECONDS },
      );
      p99.push(report.assignMs?.p99Ms ?? Number.NaN);
      p50.push(report.assignMs?.p50Ms ?? Number.NaN);
      notAccepted.push(report.sent - report.answered);
    }
    const target = perSecond === 1000 ? { most: 10 } : undefined;
    row(`over HTTP, ${AGENTS} agents, ${perSecond} tasks/s: due until its agent has it, p50`, median(p50), 'ms');
    row('  p99', median(p99), 'ms', target);
    // As a number: a share just below all of them would be printed as 100 %.
    row(`  not accepted of ${perSecond * SECONDS}`, median(notAccepted), 'tasks', { most: 0 });
  }
}

async function fairness(): Promise<void> {
  const index = await noisyTenant(await emptied());
  row('fairness: Jain index, ten tenants, one 100 times as loud', index, '', { least: 0.99 });
}

/** A backlog that was acknowledged, and a store that forgets all. */
async function wiped(): Promise<void> {
  const queue = bullMq(await emptied(), 'wiped');
  await queue.add(BACKLOG);
  await admin.flushall();
  const theirs = (await queue.takeAll(QUIET_MS)).size;
  await queue.close();
  const own = await ownScheduler(await emptied(), 'wiped');
  const accepted = await own.add(BACKLOG);
  await admin.flushall();
  own.startAgents(AGENTS);
  const ended = await own.takeAll(QUIET_MS);
  await own.close();
  row(`store wiped with ${BACKLOG} acknowledged: BullMQ lost`, BACKLOG - theirs, 'tasks');
  // By id: a task that ran twice must not stand for one that was lost.
  row('  ours', [...accepted].filter((id) => !ended.has(id)).length, 'tasks', { most: 0 });
}
