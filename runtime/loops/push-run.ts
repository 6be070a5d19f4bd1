import type { Assignment } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import { JSON_LIMITS, NotIJson, readIJson } from '../core/i-json.ts';
import type { AgentName, Run, RunFailure, SettleOutcome } from '../core/scheduler.ts';
import { RESULT_BYTES_MAX } from '../core/task-record.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { jittered } from './clock.ts';
import { askPatiently, waitForChange, type Engine } from './engine.ts';
import { complete } from './complete.ts';
import { mayHaveBegun, type PushAnswer } from './push-answer.ts';
import { NotReached, type PushCall } from './push-call.ts';
import { grow, halve, miss, type Limit } from './push-limit.ts';
import { fail, heartbeat, release, unreached } from './settle.ts';

/**
 * One call of an agent of a push fleet, from its task to the end of the run. It carries the assignment as its body. Its answer
 * comes within a third of the task's heartbeat, so that the mesh may try it elsewhere when nothing listens:
 *
 * - 202: taken. The agent sends heartbeats and the end itself, with the token, as one that polls does
 * - another 2xx, with JSON: the result. One that cannot be read, is too large or does not fit its schema is a failed attempt, with
 *   the words that the client for agents has for it
 * - 429 and 503: not now; the task is given back
 * - another 4xx is final, everything else is tried again
 *
 * Where nobody was reached the task is given back as well, and its build is judged by it: see `unreached`.
 *
 * With external effects nothing is begun again that may have been begun: not after no answer, unless nobody was reached; not after one
 * that a proxy may have given (`push-answer.ts`); and not after a result that cannot be taken.
 *
 * Resolves when the end of the run is durable, or the agent has taken it. Never rejects.
 */
export async function callAgent(engine: Engine, calls: Calls, task: Assignment, ends: Ends): Promise<'over' | 'taken'> {
  const stop = new AbortController();
  const beats = beat(engine, calls.agent, task, stop);
  const cut = (): void => stop.abort();
  ends.cut.addEventListener('abort', cut, { once: true });
  try {
    return await called(engine, calls, task, { ...ends, stop: stop.signal });
  } catch (error) {
    // Nobody waits for this promise, and one task must not end the process: its lease runs out.
    tellBroken(engine, calls.agent, task, error);
    return 'over';
  } finally {
    beats();
    ends.cut.removeEventListener('abort', cut);
  }
}

function tellBroken({ observer }: Engine, { fleet }: AgentName, { id }: Assignment, error: unknown): void {
  observer.warning?.('a call of a push agent broke for a reason of ours', { fleet, task: id, because: String(error) });
}

/** Once, until somebody is there again. */
function tellAway({ observer }: Engine, { fleet }: AgentName, url: string, { message = '' }: RunFailure): void {
  observer.warning?.('nobody is there at the address of a push fleet', { fleet, url, because: message });
}

async function called(
  engine: Engine,
  { agent, url, call, limit }: Calls,
  task: Assignment,
  { leaving, cut, stop }: Ends & { readonly stop: AbortSignal },
): Promise<'over' | 'taken'> {
  const run: Run = { id: task.id, token: task.token, agent };
  const answer = await call(url, task, stop).catch(unanswered);
  if ('failure' in answer) {
    // It may be at work: what must not be begun twice stays with it until its time is over, as after a crash.
    const isStopped = stop.aborted && !cut.aborted;
    if (isExternal(engine, agent, task) && !answer.isUnreached && !isStopped) return 'over';
    if (cut.aborted) await giveBack(engine, agent, task);
    else if (answer.isUnreached && !stop.aborted) {
      if (miss(limit)) tellAway(engine, agent, url, answer.failure);
      await rest(engine, BUSY_MS, leaving);
      await patiently(cut, () => unreached(engine, run, answer.failure));
    } else await patiently(cut, () => fail(engine, run, answer.failure));
  } else if (answer.status === 202) {
    grow(limit);
    return 'taken';
  } else if (isExternal(engine, agent, task) && mayHaveBegun(answer)) {
    return 'over';
  } else if (answer.status === 429 || answer.status === 503) {
    halve(limit);
    await rest(engine, Math.min(answer.retryAfterMs ?? BUSY_MS, BUSY_MAX_MS), leaving);
    await patiently(cut, () => release(engine, run));
  } else {
    if (answer.status < 300) grow(limit);
    const failure = await settle(engine, run, answer, cut);
    // Its effects were had: what cannot be taken of a result another run would not make good.
    const isDone = answer.status < 300 && isExternal(engine, agent, task);
    if (failure !== undefined)
      await patiently(cut, () => fail(engine, run, isDone ? { ...failure, final: true } : failure));
  }
  return 'over';
}

/** Gives the failure that the answer is when it is no result. */
async function settle(
  engine: Engine,
  run: Run,
  { status, body }: PushAnswer,
  cut: AbortSignal,
): Promise<RunFailure | undefined> {
  if (status < 300) return settleResult(engine, run, body, cut);
  const final = status >= 400 && status < 500 && status !== 408;
  return { error: `Http${status}`, message: beginning(body), final };
}

function isExternal({ tables }: Engine, { fleet }: AgentName, { task }: Assignment): boolean {
  return tables.compiled.table.fleets[fleet]?.accepts[task]?.effects === 'external';
}

/** If the store is lost now, the lease runs out by itself. Never rejects. */
export async function giveBack(engine: Engine, agent: AgentName, task: Assignment): Promise<void> {
  const { id, token } = task;
  await release(engine, { id, token, agent }).catch((error: unknown) => {
    if (!(error instanceof StoreFailure)) tellBroken(engine, agent, task, error);
  });
}

async function settleResult(
  engine: Engine,
  run: Run,
  body: Uint8Array,
  cut: AbortSignal,
): Promise<RunFailure | undefined> {
  const read = readResult(body);
  if ('error' in read) return read;
  return refusedResult(await patiently(cut, () => complete(engine, run, read.result)));
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
  readonly agent: AgentName;
  readonly url: string;
  readonly call: PushCall;
  readonly limit: Limit;
}

/** Of one run: the scheduler is to end, and does not wait for its call any more. */
export interface Ends {
  readonly leaving: AbortSignal;
  readonly cut: AbortSignal;
}

/** Waits for the end of a run that its agent looks after, but not longer than this scheduler is there. Never rejects. */
export async function endOfTaken(
  engine: Engine,
  agent: AgentName,
  task: Assignment,
  leaving: AbortSignal,
): Promise<void> {
  const { id, token, heartbeatMs, dueAt } = task;
  const link = engine.fleets.get(agent.fleet)?.link;
  const lastMs = Date.parse(dueAt) + heartbeatMs;
  try {
    while (link !== undefined && !leaving.aborted && engine.clock.nowMs() < lastMs) {
      await waitForChange(engine, id, leaving, jittered(engine.clock, heartbeatMs));
      const reply = await patiently(leaving, () => askPatiently(engine, link, { op: 'get', id }));
      const isOver = reply?.kind !== 'task' || reply.record.state !== 'leased' || reply.record.token !== token;
      if (reply !== undefined && isOver) return;
    }
  } catch (error) {
    tellBroken(engine, agent, task, error);
  }
}

const BUSY_MS = 500;
const BUSY_MAX_MS = 5000;

/** There was no answer. */
interface Unanswered {
  readonly failure: RunFailure;
  readonly isUnreached: boolean;
}

function unanswered(error: unknown): Unanswered {
  const name = error instanceof Error && error.name === 'AbortError' ? 'Cancelled' : 'Unreachable';
  const failure = { error: name, message: error instanceof Error ? error.message : '' };
  return { failure, isUnreached: error instanceof NotReached };
}

/** In a heartbeat: one comes when half of the time of a call is over, and not as it ends. */
const BEATS = 6;

/** The lease lasts while the call does; a task that was cancelled, or is somebody else's, ends the call. */
function beat(engine: Engine, agent: AgentName, task: Assignment, stop: AbortController): () => void {
  const { id, token, heartbeatMs } = task;
  let cancel = (): void => undefined;
  let isOver = false;
  const again = (): void => {
    // A beat that was under way when the agent took over must not keep the lease of one that falls silent.
    if (!isOver) cancel = engine.clock.after(heartbeatMs / BEATS, () => void once());
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

/** So long, or until the scheduler is to end: somebody else may have room for the task. */
function rest({ clock }: Engine, ms: number, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      stop();
      leaving.removeEventListener('abort', over);
      resolve();
    };
    const stop = clock.after(jittered(clock, ms), over);
    leaving.addEventListener('abort', over, { once: true });
    if (leaving.aborted) over();
  });
}

/** A result is not given up while the store is away; the lease decides in the end. */
async function patiently<Outcome>(over: AbortSignal, write: () => Promise<Outcome>): Promise<Outcome | undefined> {
  for (let attempt = 0; attempt < WRITES_MAX && !over.aborted; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
    }
  }
  return undefined;
}

const WRITES_MAX = 60;
