import { CANARY, CANARY_BUILD, canaryFleet } from '../core/canary.ts';
import type { CanaryStep } from '../core/observer.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { cancel } from './change.ts';
import { pause } from './clock.ts';
import { poll } from './deliver.ts';
import type { Engine } from './engine.ts';
import { complete } from './complete.ts';
import { submit } from './submit.ts';

/**
 * Sends a task through this scheduler every so often, the way of all tasks: routed, promised in the journal, accepted by the
 * store, claimed, completed. Each scheduler does, and not the leader alone: a lost store leaves no leader, and just then the
 * canary must be counted. Two replicas count twice as much, good and bad, and one that is ill shows as half.
 *
 * - `ok`: done within `LATE_MS`. Not the 100 ms of an assignment: of those one in a hundred may be late, here one in a thousand
 * - `late`: done, but after that
 * - `failed`: not accepted, or not done within `FAILED_MS`. One that only the journal took (`202`) is not run: its user waits
 *
 * At most one is open: before the next goes the last is cancelled, if it has not ended. Returns the way to stop;
 * what it returns is kept when nothing is written any more.
 */
export function startCanary(engine: Engine, everyMs: number): () => Promise<void> {
  const { clock, ledger, name, observer } = engine;
  const stop = new AbortController();
  // At first those of this scheduler's last life.
  const open = new Set([...ledger.open()].filter(({ fleet }) => fleet === canaryFleet(name)).map(({ id }) => id));
  let round: Round | undefined;
  const again = async (): Promise<void> => {
    for (let tookMs = 0; ;) {
      await pause(clock, Math.max(0, everyMs - tookMs));
      if (stop.signal.aborted) return;
      const begunMs = clock.monotonicMs();
      // What hangs is waited for again.
      if (round?.isOver !== false) round = begin(engine, open, stop.signal);
      await atMost(engine, FAILED_MS, round.end);
      const nowMs = clock.monotonicMs();
      tookMs = nowMs - begunMs;
      // What its own end cuts short says nothing.
      if (!stop.signal.aborted) observer.canary?.(outcomeOf(round, nowMs), round.step);
    }
  };
  void again();
  return async () => {
    stop.abort();
    await round?.end;
  };
}

const LATE_MS = 1000;
const FAILED_MS = 5000;

/** One task, from before it is submitted. */
interface Round {
  readonly begunMs: number;
  /** Where it is, or how far it came. */
  step: CanaryStep;
  isOver: boolean;
  readonly end: Promise<void>;
}

function outcomeOf({ begunMs, step, isOver }: Round, nowMs: number): 'ok' | 'late' | 'failed' {
  if (!isOver || step !== 'done') return 'failed';
  return nowMs - begunMs > LATE_MS ? 'late' : 'ok';
}

function begin(engine: Engine, open: Set<string>, signal: AbortSignal): Round {
  const at: Pick<Round, 'begunMs' | 'step' | 'isOver'> = {
    begunMs: engine.clock.monotonicMs(),
    step: 'clear',
    isOver: false,
  };
  const end = pass(engine, open, signal, at)
    .catch((error: unknown) => {
      if (!(error instanceof StoreFailure)) throw error;
    })
    .finally(() => {
      at.isOver = true;
    });
  return Object.assign(at, { end });
}

async function pass(engine: Engine, open: Set<string>, signal: AbortSignal, at: Pick<Round, 'step'>): Promise<void> {
  const fleet = canaryFleet(engine.name);
  const agent = { fleet, name: 'self' };
  for (const id of open) {
    // One that an answer that was lost had handed out ends with its lease.
    if ((await cancel(engine, id, 'late')).kind === 'asked') return;
    open.delete(id);
  }
  at.step = 'submit';
  const submission = { tenant: CANARY, key: String(engine.clock.nowMs()), subject: CANARY, bytes: 0 };
  const taken = await submit(engine, { ...submission, request: { task: fleet } });
  if (taken.kind !== 'accepted') return;
  open.add(taken.response.id);
  at.step = 'assign';
  const { tasks } = await poll(engine, agent, { build: CANARY_BUILD, slots: 1, free: 1, waitMs: FAILED_MS }, signal);
  const [task] = tasks;
  if (task === undefined) return;
  at.step = 'complete';
  const { kind } = await complete(engine, { id: task.id, token: task.token, agent }, undefined);
  if (kind !== 'settled') return;
  open.delete(task.id);
  at.step = 'done';
}

/** Until it is done, but no longer than that. */
function atMost({ clock }: Engine, ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(ms, resolve);
    work.finally(stop).then(resolve, reject);
  });
}
