import type { Run as AgentRun } from '../core/scheduler.ts';
import type { TaskRecord } from '../core/task-record.ts';
import { judgeRun, runSeconds, tellEnd } from './ends.ts';
import type { Engine, FleetState, Run } from './engine.ts';

/** Who says how a run ended, and what is known of it here. */
export interface ToldRun {
  readonly engine: Engine;
  readonly state: FleetState;
  /** The run, where this scheduler began it. */
  readonly known: Run | undefined;
  readonly run: Pick<AgentRun, 'traceparent'>;
}

/** A task has ended well: tells everyone. */
export function tellCompleted(call: ToldRun, record: TaskRecord): void {
  const { engine, state, known } = call;
  judge(call, record, undefined);
  engine.observer.settled?.({ ...endedBy(call, record), outcome: 'succeeded' });
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
export function judge({ engine, state, known }: ToldRun, { lane }: TaskRecord, error: string | undefined): void {
  const build = known?.build ?? engine.tables.lane(state.fleet, lane)?.build;
  if (build !== undefined) judgeRun(engine, state.fleet, build, error);
}

/** Of a run, whether or not it ended just now. */
export function toldOf(call: ToldRun, record: TaskRecord) {
  const { traceparent } = call.run;
  return {
    fleet: call.state.fleet,
    route: routeOf(call, record),
    id: record.id,
    agent: record.agent ?? '',
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** Of a run that has ended just now. */
export function endedBy(call: ToldRun, record: TaskRecord) {
  return { ...toldOf(call, record), runSeconds: runSeconds(call.engine, record, call.known) };
}

export function routeOf({ engine, state, known }: ToldRun, { lane }: TaskRecord): string {
  return known?.route ?? engine.tables.lane(state.fleet, lane)?.route ?? '';
}
