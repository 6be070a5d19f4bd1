import type { TableSchedule } from '../../spec/contract/routing-table.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { route } from '../../spec/contract/match.ts';
import { taskId } from '../core/task-id.ts';
import type { TaskState } from '../core/task-record.ts';
import { cancel } from './change.ts';
import { dueNow, LATE_MS, type DueNow } from './due-now.ts';
import { timesBefore } from './due-times.ts';
import type { Engine } from './engine.ts';
import { isHeard, keepMarks, mark, markOf, type ScheduleMark } from './schedule-marks.ts';
import { submit } from './submit.ts';
import { find } from './view.ts';

/**
 * Submits what the clock asks for. Every scheduler does, at the same times and with the same keys, so that it happens once
 * whoever is there: the key is the schedule's name and the time it was due.
 *
 * - `overlap`: while the task before is open, this one is left out (`skip`), submitted all the same (`queue`), or takes its
 *   place (`replace`). For the first and the last the store must be asked; while it is away, times are kept
 * - `catchUp`: times missed while no scheduler ran, and what becomes of those that were kept, see `due-now.ts`. A mark in the
 *   store says up to when all is done, see `schedule-marks.ts`
 */
export interface Schedules {
  /** Submits all that is due now. */
  look(): Promise<void>;
}

/** Without a mark, what was submitted is known by the tasks alone, and ended ones are forgotten after a day. */
const UNMARKED_MAX_MS = 24 * 3_600_000;

/** What is known of a schedule here. */
interface Progress {
  /** Since when it is looked at here. */
  readonly hereMs: number;
  /** The time up to which all is done. */
  readonly doneMs: number;
  /** What its mark is to say; absent while the shards have not told what it says. */
  readonly markMs?: number;
}

export function schedules(engine: Engine): Schedules {
  const progress = new Map<string, Progress>();
  const before = new Map<string, Before>();
  return {
    look: async () => {
      const now = engine.clock.nowMs();
      const declared = engine.tables.compiled.table.schedules;
      const ids = new Set(declared.map(({ id }) => id));
      for (const id of progress.keys()) if (!ids.has(id)) progress.delete(id);
      for (const schedule of declared) await lookAt(engine, schedule, now, progress, before);
      await writeMarks(engine, declared, progress);
    },
  };
}

async function lookAt(
  engine: Engine,
  schedule: TableSchedule,
  now: number,
  progress: Map<string, Progress>,
  before: Map<string, Before>,
): Promise<void> {
  const known = progress.get(schedule.id) ?? firstLook(engine, now);
  const isLate = known.doneMs < now - LATE_MS;
  const told = known.markMs === undefined || isLate ? markOf(engine, schedule) : undefined;
  const due = dueNow(schedule, { ...known, sinceMs: sinceOf(engine, schedule, now, known, told) }, now);
  // Another scheduler may have left it out meanwhile, and its mark says so.
  if (due.kept.length > 0 && schedule.overlap !== 'queue' && !isHeard(engine, schedule, now)) return;
  if (!(await fireAll(engine, schedule, due.starts, before))) return;
  tellLeftOut(engine, schedule, due, known.markMs !== undefined || told?.kind !== 'unknown');
  const isTold = known.markMs !== undefined || (told !== undefined && told.kind !== 'untold');
  const { hereMs, markMs = now } = known;
  const isMoved = due.starts.length + due.overlapped.length + due.missed.length > 0;
  progress.set(schedule.id, { hereMs, doneMs: now, ...(isTold && { markMs: isMoved ? now : markMs }) });
}

/** Times of the last seconds before are on time. */
function firstLook({ tables }: Engine, now: number): Progress {
  const hereMs = Math.min(tables.loadedAtMs, now) - LATE_MS;
  return { hereMs, doneMs: hereMs };
}

/** Up to when all is done. */
function sinceOf(
  engine: Engine,
  { catchUp }: TableSchedule,
  now: number,
  { doneMs, markMs }: Progress,
  told: ScheduleMark | undefined,
): number {
  if (told === undefined || told.kind === 'untold') return doneMs;
  const { kind, upToMs } = told;
  if (markMs !== undefined) return Math.max(doneMs, upToMs);
  const isNew = kind === 'new' || (kind === 'unknown' && engine.ledger.isFirstLife);
  if (isNew) return Math.min(engine.tables.loadedAtMs, now);
  return kind === 'done' ? upToMs : now - Math.min(catchUp.windowMs, UNMARKED_MAX_MS);
}

/** Of a time that is dropped somebody must hear; `isSure`: those that were missed were not done before. */
function tellLeftOut(
  { observer }: Engine,
  { id: schedule }: TableSchedule,
  { overlapped, missed }: DueNow,
  isSure: boolean,
): void {
  const tell = (because: string, [newest, ...others]: readonly number[]): void => {
    if (newest === undefined) return;
    const dueAt = new Date(newest).toISOString();
    observer.warning?.('scheduled tasks were left out', { schedule, because, count: 1 + others.length, dueAt });
  };
  tell('the store was away, and a newer one takes their place', overlapped);
  if (isSure) tell('they were missed, and catchUp does not allow for more', missed);
}

async function writeMarks(
  engine: Engine,
  declared: readonly TableSchedule[],
  progress: ReadonlyMap<string, Progress>,
): Promise<void> {
  let isWhole = true;
  for (const schedule of declared) {
    const markMs = progress.get(schedule.id)?.markMs;
    if (markMs === undefined) isWhole = false;
    else await mark(engine, schedule, markMs);
  }
  if (isWhole) await keepMarks(engine);
}

/** False when the store was away: the same times are due again. */
async function fireAll(
  engine: Engine,
  schedule: TableSchedule,
  times: readonly number[],
  before: Map<string, Before>,
): Promise<boolean> {
  try {
    for (const time of times) {
      if (!(await fire(engine, schedule, time, before))) return false;
    }
    return true;
  } catch (error) {
    if (error instanceof StoreFailure) return false;
    throw error;
  }
}

async function fire(
  engine: Engine,
  schedule: TableSchedule,
  time: number,
  before: Map<string, Before>,
): Promise<boolean> {
  const { id, team, task, input, labels, overlap } = schedule;
  if (overlap !== 'queue') {
    const open = await openBefore(engine, schedule, time, before);
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

/** What is known of a schedule's tasks up to a time: the newest of them that was open then. */
interface Before {
  readonly upToMs: number;
  readonly openMs?: number;
}

/** Tasks that are looked for at the first look, and after a break; a task that runs for longer than so many periods is not waited for. */
const BEFORE_MAX = 1500;

/**
 * The newest task of the schedule, before a time, that has not ended. Its id follows from when it was due. All of the past is
 * looked at once; from then on only what came since, and what was open.
 */
async function openBefore(
  engine: Engine,
  schedule: TableSchedule,
  time: number,
  before: Map<string, Before>,
): Promise<string | undefined> {
  const { upToMs = 0, openMs } = before.get(schedule.id) ?? {};
  const times = timesSince(schedule, time, upToMs);
  if (openMs !== undefined && openMs < time && !times.includes(openMs)) times.push(openMs);
  for (const one of times) {
    const open = await openAt(engine, schedule, one);
    if (open === undefined) continue;
    before.set(schedule.id, { upToMs: time, openMs: one });
    return open;
  }
  before.set(schedule.id, { upToMs: time });
  return undefined;
}

/** Times between two looks, as a rule: while the store was away for this scheduler, others may have begun more. */
const BEFORE_SINCE_MAX = 10;

/** Times before `time`, not before `upToMs`, the newest first. */
function timesSince(schedule: TableSchedule, time: number, upToMs: number): number[] {
  const newest = timesBefore(schedule, time, BEFORE_SINCE_MAX);
  const isAll = newest.length < BEFORE_SINCE_MAX || (newest.at(-1) ?? time) < upToMs;
  return (isAll ? newest : timesBefore(schedule, time, BEFORE_MAX)).filter((one) => one >= upToMs);
}

async function openAt(engine: Engine, { id, team }: TableSchedule, time: number): Promise<string | undefined> {
  const key = keyOf(id, time);
  for (const fleet of homesOf(engine, id, key)) {
    // Most of these never were, and so many cannot be asked for one by one: the store's word is enough here.
    const found = await find(engine, taskId(team, key, fleet));
    const record = found?.reply.record;
    if (record !== undefined && OPEN.has(record.state)) return record.id;
  }
  return undefined;
}

/** Where the tables that have been in force send it: what an earlier one sent elsewhere may still run there. */
function homesOf({ tables }: Engine, id: string, key: string): ReadonlySet<string> {
  const homes = new Set<string>();
  for (const known of tables.known) {
    const schedule = known.table.schedules.find((one) => one.id === id);
    if (schedule === undefined) continue;
    const { team: tenant, task, input, labels } = schedule;
    const { fleet } = route(known, { task, tenant, labels, input }, { key });
    if (fleet !== undefined) homes.add(fleet);
  }
  return homes;
}

const OPEN: ReadonlySet<TaskState> = new Set<TaskState>(['delayed', 'ready', 'held', 'leased']);

function keyOf(schedule: string, time: number): string {
  return `schedule/${schedule}/${new Date(time).toISOString()}`;
}
