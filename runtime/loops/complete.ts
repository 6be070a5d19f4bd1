import type { PollResponse } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import type { ValueFault } from '../../spec/contract/task-schema/value-check.ts';
import type { AgentName, Next, Run as AgentRun, SettleOutcome } from '../core/scheduler.ts';
import { RESULT_BYTES_MAX } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import type { Reply } from '../store/store.ts';
import { waitForPosition, writeEnd, writeEndOnce } from './ends.ts';
import { askPatiently, ignoreLoss, type Engine, type Run } from './engine.ts';
import { pollAside, type Aside } from './poll-aside.ts';
import { askSurely } from './roll-call.ts';
import { freeOne } from './roster.ts';
import { callOf, endOf, otherTask, outcomeOf, recordOf, UNKNOWN, type RunCall } from './run-call.ts';
import { release } from './settle.ts';
import { tellCompleted } from './tell-settled.ts';
import { typeOf } from './view.ts';

/** `Scheduler.complete`: durable in the journal before it answers. */
export async function complete(
  engine: Engine,
  run: AgentRun,
  result: Json | undefined,
  next?: Next,
): Promise<SettleOutcome> {
  const { agent } = run;
  const call = callOf(engine, run);
  if (call === undefined) return UNKNOWN;
  const text = result === undefined ? '' : JSON.stringify(result);
  if (Buffer.byteLength(text) > RESULT_BYTES_MAX) return { kind: 'too-large', bytesMax: RESULT_BYTES_MAX };
  const errors = await outputFaults(call, result);
  if (errors.length > 0) return { kind: 'invalid', errors };
  const { state } = call;
  state.wantedMs ??= engine.clock.nowMs();
  const aside = next === undefined ? undefined : pollAside(engine, state, agent, next.request);
  let outcome: SettleOutcome;
  try {
    outcome = outcomeOf(call, await completeOnce(call, text));
  } catch (error) {
    if (aside !== undefined) await putBack(engine, agent, await aside.end());
    throw error;
  }
  if (aside !== undefined) return withNext(engine, agent, outcome, aside, next?.signal);
  if (outcome.kind === 'settled') freeOne(engine, agent);
  return outcome;
}

/** A copy of a call that is under way waits for it. */
async function completeOnce(call: RunCall, result: string): Promise<Reply> {
  const { engine, state, run } = call;
  const { completing } = engine;
  const name = `${state.fleet} ${run.id} ${run.token}`;
  const first = completing.get(name);
  // On its own a copy could take back (`unend`) what the first call has written and its caller been told.
  if (first !== undefined) return again(await first);
  const asked = askSurely(engine, state, () => completeDurably(call, result));
  completing.set(name, asked);
  try {
    return await asked;
  } finally {
    completing.delete(name);
  }
}

/** Of a copy of a call: what the first one was answered. */
function again(reply: Reply): Reply {
  return reply.kind === 'done' ? { ...reply, kind: 'already' } : reply;
}

/** The answer, with what the agent gets next. */
async function withNext(
  engine: Engine,
  agent: AgentName,
  outcome: SettleOutcome,
  aside: Aside,
  signal: AbortSignal | undefined,
): Promise<SettleOutcome> {
  const found = aside.found ?? (await aside.end());
  // A copy of a call: who made it has gone on, and may not hear this answer.
  const isHeard = signal?.aborted === false;
  if (outcome.kind === 'settled' && !outcome.repeated && isHeard) return { ...outcome, next: found };
  await putBack(engine, agent, found);
  return outcome;
}

/** Nobody hears of these tasks. If the store is lost now, their leases run out by themselves. */
async function putBack(engine: Engine, agent: AgentName, { tasks }: PollResponse): Promise<void> {
  for (const { id, token } of tasks) await release(engine, { id, token, agent }).catch(ignoreLoss);
}

/**
 * Asks the store, makes its yes durable, and tells of it unless it had ended before. Of a run that is known here, and of which
 * neither an end is written nor one was refused, the end is written beside the question: whoever repeats it writes nothing.
 */
async function completeDurably(call: RunCall, result: string): Promise<Reply> {
  const { engine, state, known, run } = call;
  const { link, fleet } = state;
  const { id, token } = run;
  const other = await otherTask(call);
  if (other !== undefined) return { kind: 'stale', record: other };
  const isNew = known?.token === token && known.refused !== true && !engine.ends.has(fleet, id, token);
  if (isNew && link.state === 'up') return completeBeside(call, known, result);
  const reply = await askPatiently(engine, link, { op: 'complete', id, token, result });
  const over = endOf(reply);
  if (over === undefined) return reply;
  if (reply.kind === 'done') {
    await writeEnd(engine, fleet, over, result);
    tellCompleted(call, over);
  } else await writeEndOnce(engine, fleet, over, result);
  await waitForPosition(engine, fleet);
  return reply;
}

/** The end is taken back if the answer is no; the store's position moves with the end itself. */
async function completeBeside(call: RunCall, known: Run, result: string): Promise<Reply> {
  const { engine, state } = call;
  const { link, fleet } = state;
  const { id, token } = call.run;
  const { ledger } = engine;
  const lsn = ledger.intend(fleet, id, { state: 'succeeded', token, digest: known.digest, reason: '', result });
  const reply = await link.submit({ op: 'complete', id, token, result }, lsn);
  // As a rule it is by now.
  if (!ledger.isDurable(lsn)) await ledger.durable(lsn);
  const over = reply === 'journaled' ? undefined : endOf(reply);
  if (reply !== 'journaled' && over !== undefined) {
    ledger.forget(fleet, id, known.digest);
    engine.ends.add(fleet, over, lsn);
    if (reply.kind === 'done') tellCompleted(call, over);
    return reply;
  }
  // The store was lost on the way, or says no.
  const back = ledger.unend(fleet, id, token, lsn);
  link.recorded(back);
  await ledger.durable(back);
  if (reply === 'journaled' || reply.kind === 'held') throw new StoreFailure('unavailable', 'the store is away');
  known.refused = true;
  return reply;
}

/** What of a result its task type's `output` does not allow. */
async function outputFaults(call: RunCall, result: Json | undefined): Promise<readonly ValueFault[]> {
  const { engine, state, known } = call;
  const accepts = engine.tables.compiled.table.fleets[state.fleet]?.accepts ?? {};
  if (Object.values(accepts).every(({ output }) => output === undefined)) return [];
  const record = known === undefined ? await recordOf(call) : undefined;
  const task = known?.task ?? (record === undefined ? undefined : typeOf(record));
  const schema = task === undefined || !Object.hasOwn(accepts, task) ? undefined : accepts[task]?.output;
  return engine.tables.faults(schema, result ?? null);
}
