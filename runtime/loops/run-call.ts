import type { Run as AgentRun, SettleOutcome } from '../core/scheduler.ts';
import type { TaskRecord } from '../core/task-record.ts';
import type { Reply } from '../store/store.ts';
import { askPatiently, type Engine } from './engine.ts';
import { askSurely } from './roll-call.ts';
import { toldOf, type ToldRun } from './tell-settled.ts';
import { viewState } from './view.ts';

/** An agent's call about a run. */
export interface RunCall extends ToldRun {
  readonly run: AgentRun;
}

/** Nothing for an agent of a fleet that is not here. */
export function callOf(engine: Engine, run: AgentRun): RunCall | undefined {
  const state = engine.fleets.get(run.agent.fleet);
  return state === undefined ? undefined : { engine, state, run, known: engine.runs.get(run.id) };
}

export const UNKNOWN = { kind: 'unknown' } as const;

/** What the answer to a completion means. */
export function outcomeOf(call: RunCall, reply: Reply): SettleOutcome {
  const over = endOf(reply);
  return over === undefined ? refusal(call, reply) : settledAs(over, reply.kind !== 'done');
}

/** The record of a task that has ended as its agent says. */
export function endOf(reply: Reply): TaskRecord | undefined {
  return reply.kind === 'done' || reply.kind === 'already' ? reply.record : undefined;
}

export function settledAs({ id, state }: TaskRecord, repeated: boolean): SettleOutcome {
  return { kind: 'settled', id, state: viewState(state), repeated };
}

export function refusal(call: RunCall, reply: Reply): SettleOutcome {
  if (reply.kind !== 'stale') return UNKNOWN;
  const { record } = reply;
  call.engine.observer.settled?.({ ...toldOf(call, record), outcome: 'stale' });
  return { kind: 'stale', state: viewState(record.state) };
}

export async function recordOf({ engine, state, run }: RunCall): Promise<TaskRecord | undefined> {
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, { op: 'get', id: run.id }));
  return reply.kind === 'task' ? reply.record : undefined;
}

/**
 * The record of the task that the store has in place of the one that was begun here, where another scheduler accepted another input
 * under the same key while the store was away, and that is what came back after a loss: the run says nothing about it.
 */
export async function otherTask(call: RunCall): Promise<TaskRecord | undefined> {
  const { known, state, run } = call;
  const mayBeOther = known?.token === run.token && state.link.joins !== known.joins;
  if (!mayBeOther) return undefined;
  const record = await recordOf(call);
  return record === undefined || record.digest === known.digest ? undefined : record;
}
