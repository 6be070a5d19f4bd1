import type { Assignment } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import { JSON_LIMITS, NotIJson, readIJson } from '../core/i-json.ts';
import type { AgentName, Run, RunFailure, SettleOutcome } from '../core/scheduler.ts';
import { RESULT_BYTES_MAX } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { pause, jittered } from './clock.ts';
import { askPatiently, waitForChange, type Engine } from './engine.ts';
import type { PushAnswer, PushCall } from './push-call.ts';
import { complete, fail, heartbeat, release } from './settle.ts';

/**
 * One call of an agent of a push fleet, from its task to the end of the run. It carries the assignment as its body. Its answer
 * comes within a third of the task's heartbeat, so that the mesh may try it elsewhere when nothing listens:
 *
 * - 202: taken. The agent sends heartbeats and the end itself, with the token, as one that polls does
 * - another 2xx, with JSON: the result. One that cannot be read, is too large or does not fit its schema is a failed attempt, with
 *   the words that the client for agents has for it
 * - 429 and 503: not now; the task is given back
 * - another 4xx is final, everything else is tried again
 */
export async function runPushed(
  engine: Engine,
  agent: AgentName,
  url: string,
  task: Assignment,
  calls: Calls,
): Promise<void> {
  const stop = new AbortController();
  const beats = beat(engine, agent, task, stop);
  try {
    await called(engine, agent, url, task, { ...calls, stop: stop.signal, beats });
  } catch (error) {
    // Nobody waits for this promise, and one task must not end the process: its lease runs out.
    tellBroken(engine, agent, task, error);
  } finally {
    beats();
  }
}

function tellBroken({ observer }: Engine, { fleet }: AgentName, { id }: Assignment, error: unknown): void {
  observer.warning?.('a call of a push agent broke for a reason of ours', { fleet, task: id, error: String(error) });
}

async function called(
  engine: Engine,
  agent: AgentName,
  url: string,
  task: Assignment,
  { call, limit, stopping, stop, beats }: Calls & { readonly stop: AbortSignal; readonly beats: () => void },
): Promise<void> {
  const run: Run = { id: task.id, token: task.token, agent };
  const answer = await call(url, task, stop).catch((error: unknown) => failureOf(error));
  if ('error' in answer) await patiently(engine, () => fail(engine, run, answer));
  else if (answer.status === 202) {
    beats();
    grow(limit);
    await ended(engine, task, agent.fleet, stopping);
  } else await settle(engine, run, answer, limit);
}

async function settle(engine: Engine, run: Run, answer: PushAnswer, limit: Limit): Promise<void> {
  const { status, body, retryAfterMs } = answer;
  if (status >= 200 && status < 300) {
    grow(limit);
    const failure = await settleResult(engine, run, body);
    if (failure !== undefined) await patiently(engine, () => fail(engine, run, failure));
    return;
  }
  if (status === 429 || status === 503) {
    limit.slots = Math.max(1, limit.slots / 2);
    limit.good = 0;
    await pause(engine.clock, jittered(engine.clock, Math.min(retryAfterMs ?? BUSY_MS, BUSY_MAX_MS)));
    await patiently(engine, () => release(engine, run));
    return;
  }
  const final = status >= 400 && status < 500 && status !== 408;
  const failure = { error: `Http${status}`, message: beginning(body), final };
  await patiently(engine, () => fail(engine, run, failure));
}

/** Gives the failure that it is when it is no result. */
async function settleResult(engine: Engine, run: Run, body: Uint8Array): Promise<RunFailure | undefined> {
  const read = readResult(body);
  if ('error' in read) return read;
  return refusedResult(await patiently(engine, () => complete(engine, run, read.result)));
}

/** Like a body of the API: nothing is taken that some reader of the result could not read, or reads otherwise. */
function readResult(body: Uint8Array): { readonly result: Json } | RunFailure {
  if (body.length > RESULT_BYTES_MAX) return TOO_LARGE;
  try {
    return { result: (readIJson(body, JSON_LIMITS) ?? null) as Json };
  } catch (error) {
    if (!(error instanceof NotIJson)) throw error;
    return { error: 'InvalidResult', message: error.message };
  }
}

function refusedResult(outcome: SettleOutcome | undefined): RunFailure | undefined {
  if (outcome?.kind === 'too-large') return TOO_LARGE;
  if (outcome?.kind !== 'invalid') return undefined;
  const places = outcome.errors.map(({ pointer, detail }) => `/result${pointer} ${detail}`);
  return { error: 'InvalidResult', message: beginning(Buffer.from(places.join('; '))) };
}

const TOO_LARGE: RunFailure = {
  error: 'ResultTooLarge',
  message: `a result has at most ${RESULT_BYTES_MAX} bytes`,
  final: true,
};

/** Also of bytes that are no text, or of half a character. */
function beginning(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, MESSAGE_BYTES)).toString();
}

const MESSAGE_BYTES = 1000;

/** What the calls of one fleet share. */
export interface Calls {
  readonly call: PushCall;
  readonly limit: Limit;
  readonly stopping: AbortSignal;
}

/** How many calls are made at once, and how many have gone well since that was changed. */
export interface Limit {
  slots: number;
  good: number;
}

/** Waits for the end of a run that its agent looks after: it holds a place here as long as it lasts. */
async function ended(
  engine: Engine,
  { id, token, heartbeatMs, dueAt }: Assignment,
  fleet: string,
  signal: AbortSignal,
): Promise<void> {
  const link = engine.fleets.get(fleet)?.link;
  const lastMs = Date.parse(dueAt) + heartbeatMs;
  while (link !== undefined && !signal.aborted && engine.clock.nowMs() < lastMs) {
    await waitForChange(engine, id, signal, jittered(engine.clock, heartbeatMs));
    const reply = await patiently(engine, () => askPatiently(engine, link, { op: 'get', id }));
    const isOver = reply?.kind !== 'task' || reply.record.state !== 'leased' || reply.record.token !== token;
    if (reply !== undefined && isOver) return;
  }
}

const BUSY_MS = 500;
const BUSY_MAX_MS = 5000;
const SLOTS_MAX = 1000;

/** One more after a full round without refusals. */
function grow(limit: Limit): void {
  limit.good += 1;
  if (limit.good < limit.slots) return;
  limit.good = 0;
  limit.slots = Math.min(SLOTS_MAX, limit.slots + 1);
}

function failureOf(error: unknown): RunFailure {
  const aborted = error instanceof Error && error.name === 'AbortError';
  return { error: aborted ? 'Cancelled' : 'Unreachable', message: error instanceof Error ? error.message : '' };
}

/** The lease lasts while the call does; a task that was cancelled, or is somebody else's, ends the call. */
function beat(engine: Engine, agent: AgentName, task: Assignment, stop: AbortController): () => void {
  const { id, token, heartbeatMs } = task;
  let cancel = (): void => undefined;
  let isOver = false;
  const again = (): void => {
    // A beat that was under way when the agent took over must not keep the lease of one that falls silent.
    if (!isOver) cancel = engine.clock.after(heartbeatMs / 3, () => void once());
  };
  const once = async (): Promise<void> => {
    try {
      const { tasks } = await heartbeat(engine, agent, [{ id, token }]);
      if (tasks[0]?.lease === 'gone' || tasks[0]?.cancel === true) stop.abort();
      else again();
    } catch (error) {
      if (error instanceof StoreFailure) again();
      else tellBroken(engine, agent, task, error);
    }
  };
  again();
  return () => {
    isOver = true;
    cancel();
  };
}

/** A result is not given up while the store is away; the lease decides in the end. */
async function patiently<Outcome>(engine: Engine, write: () => Promise<Outcome>): Promise<Outcome | undefined> {
  for (let attempt = 0; attempt < WRITES_MAX && !engine.stopping; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
    }
  }
  return undefined;
}

const WRITES_MAX = 60;
