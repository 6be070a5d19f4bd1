import type { Passed } from '../core/observer.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Engine, Run } from './engine.ts';
import { forgetRun } from './ends.ts';

/**
 * Runs that began here and ended at another scheduler: an agent says how a run ended to whichever it reaches, and that one counts
 * it. Here it is to be let go, which ends its span. So the store is asked about each run every few seconds, and about so many at
 * once at most: those first that were not asked about for longest. What is over must be so at two looks, since its end may just be
 * on its way through this scheduler.
 */
export async function lookAtRuns(engine: Engine): Promise<void> {
  // All ends would come through this one.
  if (engine.schedulers.length === 1) return;
  await Promise.all(nextRuns(engine).map(([id, run]) => lookAt(engine, id, run)));
}

const LOOK_EVERY_MS = 5000;
/** Of one second. */
const LOOK_MAX = 256;

/** Runs stand in the order in which they began or were looked at: those that are looked at now go to the end. */
function nextRuns({ runs, clock }: Engine): readonly (readonly [id: string, run: Run])[] {
  const now = clock.nowMs();
  const next: (readonly [string, Run])[] = [];
  for (const [id, run] of runs) {
    if (next.length === LOOK_MAX || (run.lookedMs ?? run.startedMs) > now - LOOK_EVERY_MS) break;
    next.push([id, run]);
  }
  for (const [id, run] of next) {
    run.lookedMs = now;
    runs.delete(id);
    runs.set(id, run);
  }
  return next;
}

async function lookAt(engine: Engine, id: string, run: Run): Promise<void> {
  const record = await recordOf(engine, run.fleet, id);
  // What the store does not know now it may know again.
  if (record === undefined || engine.runs.get(id) !== run) return;
  const isOver = record.state !== 'leased' || record.token !== run.token;
  if (isOver && run.isOver === true) letGo(engine, run, record);
  else run.isOver = isOver;
}

function letGo(engine: Engine, run: Run, record: TaskRecord): void {
  const { fleet, route, build, token } = run;
  engine.runs.delete(record.id);
  forgetRun(engine, fleet, build);
  const isLast = record.token === token && record.state !== 'leased';
  // What became of the task under a later token is the end of another run.
  const outcome = isLast ? outcomeOf(record) : 'repeated';
  engine.observer.passed?.({ fleet, route, id: record.id, outcome, ...(isLast && { endedMs: record.sinceMs }) });
}

function outcomeOf({ state }: TaskRecord): Passed['outcome'] {
  switch (state) {
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'expired':
      return state;
    case 'dead':
      return 'dead_lettered';
    case 'delayed':
    case 'ready':
    case 'held':
    case 'leased':
    case 'moved':
      return 'repeated';
  }
}

/** Without its body. Nothing when the shard cannot be asked now. */
async function recordOf({ fleets }: Engine, fleet: string, id: string): Promise<TaskRecord | undefined> {
  const link = fleets.get(fleet)?.link;
  if (link?.state !== 'up') return undefined;
  const reply = await link.ask({ op: 'inspect', lanes: [], id }).catch((error: unknown) => {
    if (!(error instanceof StoreFailure)) throw error;
  });
  return reply?.kind === 'facts' ? reply.facts.task?.record : undefined;
}
