import type { HeartbeatResponse, PollResponse } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import type { ValueFault } from '../../spec/contract/task-schema/value-check.ts';
import { afterFailure } from '../core/after-failure.ts';
import { RESULT_BYTES_MAX, type TaskRecord } from '../core/task-record.ts';
import type { AgentName, Held, Next, Run as AgentRun, RunFailure, SettleOutcome } from '../core/scheduler.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { agentId } from './agent-pool.ts';
import { want } from './deliver.ts';
import { finish, forgetRun, noteReleased, noteStanding, waitForPosition, writeEnd } from './ends.ts';
import { askPatiently, changed, type Engine, type FleetState, type Run } from './engine.ts';
import { pollAside } from './poll-aside.ts';
import { askSurely } from './roll-call.ts';
import { freeOne, heardOf } from './roster.ts';
import { endedBy, isGivenUp, judge, routeOf, tellCompleted, toldOf } from './tell-settled.ts';
import { iso, typeOf, viewState } from './view.ts';
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

/** `Scheduler.complete`: durable in the journal before it answers. */
export async function complete(
  engine: Engine,
  run: AgentRun,
  result: Json | undefined,
  next?: Next,
): Promise<SettleOutcome> {
  const { id, agent } = run;
  const state = engine.fleets.get(agent.fleet);
  if (state === undefined) return { kind: 'unknown' };
  const text = result === undefined ? '' : JSON.stringify(result);
  if (Buffer.byteLength(text) > RESULT_BYTES_MAX) return { kind: 'too-large', bytesMax: RESULT_BYTES_MAX };
  const known = engine.runs.get(id);
  if (hasOutputSchemas(engine, state)) {
    const errors = await outputFaults(engine, state, id, known, result);
    if (errors.length > 0) return { kind: 'invalid', errors };
  }
  state.wantedMs ??= engine.clock.nowMs();
  const aside = next === undefined ? undefined : pollAside(engine, state, agent, next.request);
  const { completing } = engine;
  const name = `${state.fleet} ${id} ${run.token}`;
  const first = completing.get(name);
  let reply: Reply;
  try {
    // On its own a copy could take back (`unend`) what the first call has written and its caller been told.
    const asked =
      first?.then(again) ?? askSurely(engine, state, () => completeDurably(engine, state, run, known, text));
    if (first === undefined) completing.set(name, asked);
    reply = await asked;
  } catch (error) {
    if (aside !== undefined) await putBack(engine, agent, await aside.end());
    throw error;
  } finally {
    if (first === undefined) completing.delete(name);
  }
  const outcome = outcomeOf(engine, state, known, reply, run);
  if (aside === undefined) {
    if (outcome.kind === 'settled') freeOne(engine, agent);
    return outcome;
  }
  const found = aside.found ?? (await aside.end());
  // A copy of a call: who made it has gone on, and may not hear this answer.
  const isHeard = next?.signal.aborted === false;
  if (outcome.kind === 'settled' && !outcome.repeated && isHeard) return { ...outcome, next: found };
  await putBack(engine, agent, found);
  return outcome;
}

/** Nobody hears of these tasks. If the store is lost now, their leases run out by themselves. */
async function putBack(engine: Engine, agent: AgentName, { tasks }: PollResponse): Promise<void> {
  for (const { id, token } of tasks) await release(engine, { id, token, agent }).catch(ignoreLoss);
}

function ignoreLoss(error: unknown): void {
  if (!(error instanceof StoreFailure)) throw error;
}

/** What the answer to a completion means. */
function outcomeOf(
  engine: Engine,
  state: FleetState,
  known: Run | undefined,
  reply: Reply,
  run: AgentRun,
): SettleOutcome {
  const over = endOf(reply);
  return over === undefined ? refusal(engine, state, known, reply, run) : settledAs(over, reply.kind !== 'done');
}

/** Of a copy of a call: what the first one was answered. */
function again(reply: Reply): Reply {
  return reply.kind === 'done' ? { ...reply, kind: 'already' } : reply;
}

/**
 * Asks the store, makes its yes durable, and tells of it unless it had ended before. For a run that is known here the end is
 * written beside the question and taken back if the answer is no; the store's position moves with the end itself.
 */
async function completeDurably(
  engine: Engine,
  state: FleetState,
  run: AgentRun,
  known: Run | undefined,
  result: string,
): Promise<Reply> {
  const { ledger } = engine;
  const { link, fleet } = state;
  const { id, token } = run;
  const operation = { op: 'complete', id, token, result } as const;
  if (known?.token !== token || link.state !== 'up') {
    const reply = await askPatiently(engine, link, operation);
    const over = endOf(reply);
    if (over === undefined) return reply;
    await writeEnd(engine, fleet, over, result);
    if (reply.kind === 'done') tellCompleted(engine, state, over, known, run);
    await waitForPosition(engine, fleet);
    return reply;
  }
  const end = { state: 'succeeded', token, digest: known.digest, reason: '', result } as const;
  const lsn = ledger.intend(fleet, id, end);
  const reply = await link.submit(operation, lsn);
  // As a rule it is by now.
  if (!ledger.isDurable(lsn)) await ledger.durable(lsn);
  if (reply !== 'journaled' && reply.kind !== 'held' && endOf(reply) !== undefined) {
    ledger.forget(fleet, id, known.digest);
    if (reply.kind === 'done') tellCompleted(engine, state, reply.record, known, run);
    return reply;
  }
  // The store was lost on the way, or says no.
  const back = ledger.unend(fleet, id, token, lsn);
  link.recorded(back);
  await ledger.durable(back);
  if (reply === 'journaled' || reply.kind === 'held') throw new StoreFailure('unavailable', 'the store is away');
  return reply;
}

/** `Scheduler.fail`: what comes next is decided here, and kept by the store. */
export async function fail(engine: Engine, run: AgentRun, failure: RunFailure): Promise<SettleOutcome> {
  const { id, token, agent } = run;
  const state = engine.fleets.get(agent.fleet);
  if (state === undefined) return { kind: 'unknown' };
  const known = engine.runs.get(id);
  const facts = known?.token === token ? known : await recordOf(engine, state, id);
  if (facts === undefined) return { kind: 'unknown' };
  const task = 'task' in facts ? facts.task : typeOf(facts);
  const accept = engine.tables.compiled.table.fleets[state.fleet]?.accepts[task];
  const next = afterFailure(facts, accept ?? NO_RETRY, failure, engine.clock.random());
  const result = JSON.stringify({ error: failure.error, message: failure.message ?? '' });
  const operation = { op: 'fail', id, token, ...next, result: clipped(result, failure) } as const;
  state.wantedMs ??= engine.clock.nowMs();
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, operation));
  if (reply.kind !== 'done' && reply.kind !== 'already') return refusal(engine, state, known, reply, run);
  const { record } = reply;
  freeOne(engine, agent);
  if (reply.kind === 'done') {
    judge(engine, state, record, known, failure.error);
    engine.observer.settled?.({ ...endedBy(engine, state, record, known, run), outcome: 'failed' });
    if (next.then === 'retry' && record.state !== 'cancelled') {
      const reason = failure.retryAfterMs === undefined ? 'error' : 'backpressure';
      engine.observer.retried?.({ fleet: state.fleet, route: routeOf(engine, state, record, known), reason });
    }
  }
  if (isGivenUp(record)) {
    const result = record.state === 'cancelled' ? '' : operation.result;
    if (reply.kind === 'done') await finish(engine, state.fleet, record, { result });
    else await writeEnd(engine, state.fleet, record, result);
  } else if (reply.kind === 'done') await noteStanding(engine, state.fleet, record);
  engine.runs.delete(id);
  changed(engine, id);
  return settledAs(record, reply.kind === 'already');
}

function settledAs({ id, state }: TaskRecord, repeated: boolean): SettleOutcome {
  return { kind: 'settled', id, state: viewState(state), repeated };
}

/** `Scheduler.release`. */
export async function release(engine: Engine, run: AgentRun): Promise<SettleOutcome> {
  const { id, token, agent } = run;
  const state = engine.fleets.get(agent.fleet);
  if (state === undefined) return { kind: 'unknown' };
  const known = engine.runs.get(id);
  const operation = { op: 'fail', id, token, then: 'release', delayMs: 0, reason: 'released', result: '' } as const;
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, operation));
  if (reply.kind !== 'done' && reply.kind !== 'already') return refusal(engine, state, known, reply, run);
  freeOne(engine, agent);
  if (known !== undefined) forgetRun(engine, known.fleet, known.build);
  engine.runs.delete(id);
  if (reply.kind === 'done') {
    engine.observer.settled?.({ ...endedBy(engine, state, reply.record, known, run), outcome: 'released' });
    await noteReleased(engine, state.fleet, reply.record);
  }
  state.ready += 1;
  want(engine, state);
  changed(engine, id);
  return settledAs(reply.record, reply.kind === 'already');
}

const MESSAGE_CHARACTERS = 4000;
const NO_RETRY = { backoff: { firstMs: 1000, factor: 2, maxMs: 60_000, jitter: 'full' }, never: [] } as const;

/** A failure's text as its result; never longer than a result may be. */
function clipped(result: string, { error, message = '' }: RunFailure): string {
  if (message.length <= MESSAGE_CHARACTERS) return result;
  return JSON.stringify({ error, message: `${message.slice(0, MESSAGE_CHARACTERS)}…` });
}

function hasOutputSchemas({ tables }: Engine, { fleet }: FleetState): boolean {
  const accepts = tables.compiled.table.fleets[fleet]?.accepts ?? {};
  return Object.values(accepts).some(({ output }) => output !== undefined);
}

async function outputFaults(
  engine: Engine,
  state: FleetState,
  id: string,
  known: Run | undefined,
  result: Json | undefined,
): Promise<readonly ValueFault[]> {
  const accepts = engine.tables.compiled.table.fleets[state.fleet]?.accepts ?? {};
  const record = known === undefined ? await recordOf(engine, state, id) : undefined;
  const task = known?.task ?? (record === undefined ? undefined : typeOf(record));
  const schema = task === undefined || !Object.hasOwn(accepts, task) ? undefined : accepts[task]?.output;
  return engine.tables.faults(schema, result ?? null);
}

async function recordOf(engine: Engine, state: FleetState, id: string): Promise<TaskRecord | undefined> {
  const reply = await askSurely(engine, state, () => askPatiently(engine, state.link, { op: 'get', id }));
  return reply.kind === 'task' ? reply.record : undefined;
}

/** The record of a task that has ended as its agent says. */
function endOf(reply: Reply): TaskRecord | undefined {
  return reply.kind === 'done' || reply.kind === 'already' ? reply.record : undefined;
}

function refusal(
  engine: Engine,
  state: FleetState,
  known: Run | undefined,
  reply: Reply,
  run: AgentRun,
): SettleOutcome {
  if (reply.kind !== 'stale') return { kind: 'unknown' };
  const { record } = reply;
  engine.observer.settled?.({ ...toldOf(engine, state, record, known, run), outcome: 'stale' });
  return { kind: 'stale', state: viewState(record.state) };
}
