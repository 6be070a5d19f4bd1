import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assignment } from '../../../spec/contract/protocol.ts';
import { openJournal } from '../../../runtime/journal/file-journal.ts';
import { systemClock } from '../../../runtime/loops/clock.ts';
import { DEFAULT_BOUNDS } from '../../../runtime/loops/new-engine.ts';
import { startScheduler } from '../../../runtime/loops/scheduler.ts';
import { dragonflyStore } from '../../../runtime/store/dragonfly/dragonfly-store.ts';
import { BENCH_BUILD, BENCH_FLEET, BENCH_TEXT, benchTable } from './bench-table.ts';

/**
 * Our scheduler in this process, as BullMQ is: the whole of it but HTTP, over the real store and a journal that is synced
 * before anything is accepted. Agents take their next task with the completion of the last, as `worker()` does, and are parked polls
 * while nothing waits.
 */
export interface OwnScheduler {
  /** Submits so many tasks, so many under way at once, and resolves when agents have completed all of them. */
  cycle(tasks: number): Promise<void>;
  /** Submits what nobody takes yet; resolves with the ids when all of it was accepted. */
  add(tasks: number): Promise<ReadonlySet<string>>;
  /** Agents take what there is; resolves with the ids of what was completed when none has come for `quietMs`. */
  takeAll(quietMs: number): Promise<ReadonlySet<string>>;
  /** Submits at a rate, whatever the answers do; resolves with the milliseconds from when each was due until its agent had it. */
  atRate(perSecond: number, seconds: number): Promise<readonly number[]>;
  startAgents(count: number): void;
  close(): Promise<void>;
}

const UNDER_WAY = 200;
/** One sender stands for many here: at a sender's own limit only that limit would be measured. */
const AS_FAST_AS_IT_IS = { perSecond: 1_000_000, burst: 1_000_000 };
const MB = 1024 * 1024;

export async function ownScheduler(url: string, name: string): Promise<OwnScheduler> {
  const directory = mkdtempSync(join(tmpdir(), 'nova-torch-bench-'));
  const store = dragonflyStore({ url });
  await store.ready();
  const journal = await openJournal({
    directory,
    segmentBytes: 64 * MB,
    bytesMax: 1024 * MB,
    reserveBytes: MB,
    keepMs: 3_600_000,
    nowMs: () => Date.now(),
    onFatal: (error) => {
      throw error;
    },
  });
  const scheduler = await startScheduler({
    name,
    schedulers: [name],
    table: benchTable(),
    store,
    journal,
    clock: systemClock,
    bounds: { ...DEFAULT_BOUNDS, holdMs: 500, admission: { ...DEFAULT_BOUNDS.admission, sender: AS_FAST_AS_IT_IS } },
  });
  const stop = new AbortController();
  setMaxListeners(Infinity, stop.signal);
  const agents: Promise<void>[] = [];
  let completed = 0;
  let onAssigned: (task: Assignment) => void = () => undefined;
  let onCompleted: (id: string) => void = () => undefined;

  const agent = async (index: number): Promise<void> => {
    const own = { fleet: BENCH_FLEET, name: `agent-${index}` };
    scheduler.register(BENCH_FLEET, { name: own.name, build: BENCH_BUILD, slots: 1 });
    const next = { request: { build: BENCH_BUILD, slots: 1, free: 1 }, signal: stop.signal };
    let task: Assignment | undefined;
    while (!stop.signal.aborted) {
      task ??= (await scheduler.poll(own, { ...next.request, waitMs: 10_000 }, stop.signal)).tasks[0];
      if (task === undefined) continue;
      onAssigned(task);
      const { id, token } = task;
      const outcome = await scheduler.complete({ id, token, agent: own }, null, next);
      task = undefined;
      // Refused: the task has not ended, and is handed out again.
      if (outcome.kind !== 'settled') continue;
      completed += 1;
      task = outcome.next?.tasks[0];
      onCompleted(id);
    }
  };
  let submitted = 0;
  const submitOne = async (): Promise<string> => {
    const n = submitted;
    submitted += 1;
    const request = { task: 'work', input: { n, text: BENCH_TEXT } };
    for (;;) {
      const outcome = await scheduler.submit({ tenant: 'bench', key: `k-${n}`, subject: 'bench', bytes: 100, request });
      if (outcome.kind === 'accepted') return outcome.response.id;
      if (outcome.kind !== 'refused') throw new Error(`a task was answered with ${JSON.stringify(outcome)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const add = async (tasks: number): Promise<ReadonlySet<string>> => {
    const ids = new Set<string>();
    let left = tasks;
    const lane = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        ids.add(await submitOne());
      }
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, lane));
    return ids;
  };
  return {
    startAgents: (count) => {
      for (let index = agents.length; index < count; index += 1) agents.push(agent(index));
    },
    cycle: async (tasks) => {
      const end = completed + tasks;
      const all = new Promise<void>((resolve) => {
        onCompleted = () => {
          if (completed >= end) resolve();
        };
      });
      await add(tasks);
      await all;
    },
    add,
    takeAll: async (quietMs) => {
      const ids = new Set<string>();
      onCompleted = (id) => ids.add(id);
      for (let before = -1; before !== ids.size;) {
        before = ids.size;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
      return ids;
    },
    atRate: async (perSecond, seconds) => {
      const times: number[] = [];
      const dueAt = new Map<string, number>();
      const assignedAt = new Map<string, number>();
      const pair = (id: string): void => {
        const [from, to] = [dueAt.get(id), assignedAt.get(id)];
        if (from === undefined || to === undefined) return;
        times.push(Math.max(0, to - from));
        dueAt.delete(id);
        assignedAt.delete(id);
      };
      onAssigned = ({ id }) => {
        assignedAt.set(id, performance.now());
        pair(id);
      };
      const begun = performance.now();
      const answers: Promise<void>[] = [];
      for (let n = 0; n < perSecond * seconds; n += 1) {
        const due = begun + (n * 1000) / perSecond;
        while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
        answers.push(
          submitOne().then((id) => {
            // Not when it was sent: a pause of this process would hide what it had kept from being sent.
            dueAt.set(id, due);
            pair(id);
          }),
        );
      }
      await Promise.all(answers);
      for (let waits = 0; dueAt.size > 0 && waits < 500; waits += 1)
        await new Promise((resolve) => setTimeout(resolve, 10));
      onAssigned = () => undefined;
      if (dueAt.size > 0) throw new Error(`${dueAt.size} tasks reached no agent`);
      return times;
    },
    close: async () => {
      stop.abort();
      await Promise.all(agents);
      await scheduler.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
