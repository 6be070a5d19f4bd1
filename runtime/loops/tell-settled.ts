import type { Run as AgentRun } from '../core/scheduler.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { judgeRun, runSeconds, tellEnd } from './ends.ts';
import type { Engine, FleetState, Run } from './engine.ts';

/** What an agent's call may say of the trace that it is in. */
type Traced = Pick<AgentRun, 'traceparent'>;

/** A task has ended well: tells everyone. `known`: the run, where this scheduler began it; `run`: the agent's call. */
export function tellCompleted(
  engine: Engine,
  state: FleetState,
  record: TaskRecord,
  known?: Run,
  run: Traced = {},
): void {
  judge(engine, state, record, known, undefined);
  engine.observer.settled?.({ ...endedBy(engine, state, record, known, run), outcome: 'succeeded' });
  tellEnd(engine, state.fleet, record, known?.route);
}

/** Its last run was one that did not succeed. */
export function isGivenUp({ state }: TaskRecord): boolean {
  return state === 'failed' || state === 'dead' || state === 'cancelled';
}

/**
 * By whoever hears how a run ended, also when another scheduler started it: agents reach any of them, and a breaker that heard
 * only of its own runs would wait in vain for the trials that the others were told about.
 */
export function judge(
  engine: Engine,
  { fleet }: FleetState,
  { lane }: TaskRecord,
  known: Run | undefined,
  error: string | undefined,
): void {
  const build = known?.build ?? engine.tables.lane(fleet, lane)?.build;
  if (build !== undefined) judgeRun(engine, fleet, build, error);
}

/** Of a run, whether or not it ended just now. */
export function toldOf(
  engine: Engine,
  state: FleetState,
  record: TaskRecord,
  known: Run | undefined,
  { traceparent }: Traced,
) {
  return {
    fleet: state.fleet,
    route: routeOf(engine, state, record, known),
    id: record.id,
    agent: record.agent ?? '',
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Of a run that has ended just now. */
export function endedBy(engine: Engine, state: FleetState, record: TaskRecord, known: Run | undefined, run: Traced) {
  return { ...toldOf(engine, state, record, known, run), runSeconds: runSeconds(engine, record, known) };
}

export function routeOf({ tables }: Engine, { fleet }: FleetState, record: TaskRecord, known: Run | undefined): string {
  return known?.route ?? tables.lane(fleet, record.lane)?.route ?? '';
}
