import { Cron } from 'croner';
import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { route } from '../../spec/contract/match.ts';
import { taskId } from '../core/task-id.ts';
import { cancel } from './change.ts';
import type { Engine } from './engine.ts';
import { submit } from './submit.ts';
import { taskView } from './task-views.ts';

/**
 * Submits what the clock asks for. Every scheduler does, at the same times and with the same keys, so that it happens once
 * whoever is there: the key is the schedule's name and the time it was due.
 *
 * - `overlap`: while the task before is open, this one is left out (`skip`), submitted all the same (`queue`), or takes its
 *   place (`replace`)
 * - `catchUp`: times missed while no scheduler ran, of the last `windowMs`, at most `max` of them, the newest
 */
export interface Schedules {
  /** Submits all that is due now. */
  look(): Promise<void>;
}

/** Catching up needs to know what was submitted, and ended tasks are known for a day. */
const WINDOW_MAX_MS = 24 * 3_600_000;

export function schedules(engine: Engine): Schedules {
  /** By schedule: the time up to which all is done. */
  const doneMs = new Map<string, number>();
  return {
    look: async () => {
      const now = engine.clock.nowMs();
      for (const schedule of engine.tables.compiled.table.schedules) {
        const windowMs = Math.min(schedule.catchUp.windowMs, WINDOW_MAX_MS);
        const since = doneMs.get(schedule.id) ?? now - windowMs;
        const due = dueTimes(schedule, since, now);
        const late = due.filter((time) => now - time > LATE_MS);
        const { max } = schedule.catchUp;
        const kept = [...(max === 0 ? [] : late.slice(-max)), ...due.slice(late.length)];
        if (await fireAll(engine, schedule, kept)) doneMs.set(schedule.id, now);
      }
    },
  };
}

/** A time that is this old was missed. */
const LATE_MS = 10_000;
const DUE_MAX = 1000;

/** Times after `since` up to `now`, the oldest first; the newest of them when there are very many. */
export function dueTimes({ cron, tz }: TableSchedule, since: number, now: number): readonly number[] {
  const pattern = new Cron(cron, { timezone: tz, paused: true });
  const times: number[] = [];
  let next = pattern.nextRun(new Date(since));
  while (next !== null && next.getTime() <= now) {
    times.push(next.getTime());
    if (times.length > DUE_MAX) times.shift();
    next = pattern.nextRun(next);
  }
  return times;
}

/** False when the store was away: the same times are due again. */
async function fireAll(engine: Engine, schedule: TableSchedule, times: readonly number[]): Promise<boolean> {
  try {
    for (const time of times) {
      if (!(await fire(engine, schedule, time))) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof StoreFailure) return false;
    throw error;
  }
}

async function fire(engine: Engine, schedule: TableSchedule, time: number): Promise<boolean> {
  const { id, team, task, input, labels, overlap } = schedule;
  if (overlap !== 'queue') {
    const open = await openBefore(engine, schedule, time);
    if (open !== undefined && overlap === 'skip') {
      engine.observer.warning?.('a scheduled task was left out: the one before it still runs', { schedule: id, open });
      return true;
    }
    if (open !== undefined) await cancel(engine, open, 'replaced');
  }
  const outcome = await submit(engine, {
    tenant: team,
    key: keyOf(id, time),
    subject: `schedule:${id}`,
    bytes: 0,
    request: { task, input, labels },
  });
  if (outcome.kind === 'accepted' || outcome.kind === 'conflict' || outcome.kind === 'duplicate') return true;
  if (outcome.kind === 'unavailable') return false;
  engine.observer.warning?.('a scheduled task was not taken', { schedule: id, because: outcome.kind });
  return true;
}

/** Runs before this one that may still be open. */
const BEFORE_MAX = 10;

/** The newest task of the schedule, before a time, that has not ended. Its id follows from when it was due. */
async function openBefore(engine: Engine, schedule: TableSchedule, time: number): Promise<string | undefined> {
  const { id, team, task, input, labels, cron, tz } = schedule;
  const pattern = new Cron(cron, { timezone: tz, paused: true });
  for (const before of pattern.previousRuns(BEFORE_MAX, new Date(time))) {
    const key = keyOf(id, before.getTime());
    const { fleet } = route(engine.tables.compiled, { task, tenant: team, labels, input }, { key });
    const view = fleet === undefined ? undefined : await taskView(engine, taskId(team, key, fleet));
    if (view !== undefined && OPEN.has(view.state)) return view.id;
  }
  return undefined;
}

const OPEN: ReadonlySet<string> = new Set(['journaled', 'delayed', 'ready', 'held', 'running']);

function keyOf(schedule: string, time: number): string {
  return `schedule/${schedule}/${new Date(time).toISOString()}`;
}
