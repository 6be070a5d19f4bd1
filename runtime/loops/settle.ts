import type { HeartbeatResponse } from '../../spec/contract/protocol.ts';
import { afterFailure } from '../core/after-failure.ts';
import type { AgentName, Held, Run as AgentRun, RunFailure, SettleOutcome } from '../core/scheduler.ts';
import { NOBODY_THERE, type TaskRecord } from '../core/task-record.ts';
import { agentId } from './agent-pool.ts';
import { want } from './deliver.ts';
import { finish, forgetRun, hasEnded, isOver, noteReleased, noteStanding, promiseEnd, writeEnd } from './ends.ts';
import { askPatiently, changed, type Engine } from './engine.ts';
import { askSurely } from './roll-call.ts';
import { freeOne, heardOf } from './roster.ts';
import { callOf, endOf, otherTask, recordOf, refusal, settledAs, UNKNOWN, type RunCall } from './run-call.ts';
import { endedBy, isGivenUp, judge, routeOf } from './tell-settled.ts';
import { iso, typeOf } from './view.ts';
import { leaves } from './view-of-fleets.ts';

/** `Scheduler.heartbeat`. */
export async function heartbeat(engine: Engine, agent: AgentName, tasks: readonly Held[]): Promise<HeartbeatResponse> {
  const known = heardOf(engine, agent);
  const state = engine.fleets.get(agent.fleet);
  if (state === undefined) {
    return { tasks: tasks.map(({ id }) => ({ id, lease: 'gone', cancel: false })), drain: false };
  }
  const drain = leaves(engine, state, known ?? { id: agentId(agent), isNew: false });
  const replies = await Promise.all(
    tasks.map(({ id, token }) => askPatiently(engine, state.link, { op: 'heartbeat', id, token })),
  );
  for (const [index, { id, token }] of tasks.entries()) {
    const run = engine.runs.get(id);
    if (replies[index]?.kind === 'alive' && run?.token === token) run.heard = true;
  }
  return {
    tasks: tasks.map(({ id }, index) => {
      const reply = replies[index];
      if (reply?.kind === 'alive') return { id, lease: 'held', until: iso(reply.untilMs), cancel: reply.cancel };
      return { id, lease: 'gone', cancel: false };
    }),
    drain,
  };
}

/** `Scheduler.fail`: what comes next is decided here, and kept by the store. */
export async function fail(engine: Engine, run: AgentRun, failure: RunFailure): Promise<SettleOutcome> {
  const call = callOf(engine, run);
  if (call === undefined) return UNKNOWN;
  const { state, known } = call;
  const { id, token, agent } = run;
  const other = await otherTask(call);
  if (other !== undefined) return refusal(call, { kind: 'stale', record: other });
  const facts = known?.token === token ? known : await recordOf(call);
  if (facts === undefined) return UNKNOWN;
  const task = 'task' in facts ? facts.task : typeOf(facts);
  const accept = engine.tables.compiled.table.fleets[state.fleet]?.accepts[task];
  const next = afterFailure(facts, accept ?? NO_RETRY, failure, engine.clock.random());
  const operation = { op: 'fail', id, token, ...next, result: resultOf(failure) } as const;
  state.wantedMs ??= engine.clock.nowMs();
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, operation));
  const record = endOf(reply);
  if (record === undefined) return refusal(call, reply);
  freeOne(engine, agent);
  if (reply.kind === 'done') tellFailed(call, record, failure);
  await keepFailure(call, record, operation.result, reply.kind === 'already');
  engine.runs.delete(id);
  changed(engine, id);
  return settledAs(record, reply.kind === 'already');
}

function tellFailed(call: RunCall, record: TaskRecord, { error, retryAfterMs }: RunFailure): void {
  const { engine, state } = call;
  judge(call, record, error);
  engine.observer.settled?.({ ...endedBy(call, record), outcome: 'failed' });
  if (isGivenUp(record)) return;
  const reason = retryAfterMs === undefined ? 'error' : 'backpressure';
  engine.observer.retried?.({ fleet: state.fleet, route: routeOf(call, record), reason });
}

/**
 * Makes durable what became of the task. `repeated`: of a failure whose answer was lost, what the journal lacks. Then it may have
 * ended otherwise, as by the same run's success: what the store has is kept, and not what this call says.
 */
async function keepFailure(
  { engine, state }: RunCall,
  record: TaskRecord,
  failure: string,
  repeated: boolean,
): Promise<void> {
  const { fleet } = state;
  if (repeated && isOver(record)) {
    if (hasEnded(record)) await promiseEnd(engine, state, record.id);
  } else if (!isGivenUp(record)) await noteStanding(engine, fleet, record);
  else if (repeated) await writeEnd(engine, fleet, record, failure);
  else await finish(engine, fleet, record, { result: record.state === 'cancelled' ? '' : failure });
}

/** `Scheduler.release`. */
export function release(engine: Engine, run: AgentRun): Promise<SettleOutcome> {
  return giveBack(engine, run, 'released', forget);
}

/**
 * The agent of a push fleet could not be called: nobody has begun the task, and nothing is counted against it, but its build is
 * judged by it as by a failure. So it waits for its agent, however often that is tried, but no longer than it may wait at all: by
 * the time at which it would have expired, had it waited ever since it was accepted, each such run is a failed attempt.
 */
export async function unreached(engine: Engine, run: AgentRun, failure: RunFailure): Promise<SettleOutcome> {
  const { waitsUntilMs = Infinity } = engine.runs.get(run.id) ?? {};
  if (engine.clock.nowMs() >= waitsUntilMs) return fail(engine, run, failure);
  return giveBack(engine, run, NOBODY_THERE, (call, record, isNews) => {
    if (isNews) judge(call, record, failure.error);
    else forget(call);
  });
}

function forget({ engine, known }: RunCall): void {
  if (known !== undefined) forgetRun(engine, known.fleet, known.build);
}

async function giveBack(
  engine: Engine,
  run: AgentRun,
  reason: string,
  tell: (call: RunCall, record: TaskRecord, isNews: boolean) => void,
): Promise<SettleOutcome> {
  const call = callOf(engine, run);
  if (call === undefined) return UNKNOWN;
  const { state } = call;
  const { id, token, agent } = run;
  const operation = { op: 'fail', id, token, then: 'release', delayMs: 0, reason, result: '' } as const;
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, operation));
  const record = endOf(reply);
  if (record === undefined) return refusal(call, reply);
  freeOne(engine, agent);
  tell(call, record, reply.kind === 'done');
  engine.runs.delete(id);
  if (reply.kind === 'done') {
    engine.observer.settled?.({ ...endedBy(call, record), outcome: 'released' });
    await noteReleased(engine, state.fleet, record);
  }
  state.ready += 1;
  want(engine, state);
  changed(engine, id);
  return settledAs(record, reply.kind === 'already');
}

const MESSAGE_CHARACTERS = 4000;
const NO_RETRY = { backoff: { firstMs: 1000, factor: 2, maxMs: 60_000, jitter: 'full' }, never: [] } as const;

/** A failure as its task's result; never longer than a result may be, and never cut within a character. */
function resultOf({ error, message = '' }: RunFailure): string {
  const cut = message.slice(0, MESSAGE_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
  return JSON.stringify({ error, message: message.length > MESSAGE_CHARACTERS ? `${cut}…` : message });
}
