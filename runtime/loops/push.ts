import type { Assignment } from '../../spec/contract/protocol.ts';
import type { Json } from '../../spec/contract/source.ts';
import type { RunFailure } from '../core/scheduler.ts';
import { StoreFailure } from '../store/store-failure.ts';
import { pause, jittered } from './clock.ts';
import { poll } from './deliver.ts';
import { askPatiently, waitForChange, type Engine } from './engine.ts';
import { complete, fail, heartbeat, release } from './settle.ts';

/**
 * Calls the agents of push fleets. For each of them this scheduler is one agent with as many slots as the fleet bears: it starts
 * with the fleet's `slots`, takes one more after each full round of successes, and half when the fleet says that it has enough
 * (429 or 503). A call carries the assignment as its body. Its answer comes within a third of the task's heartbeat, so that the
 * mesh may try it elsewhere when nothing listens:
 *
 * - 202: taken. The agent sends heartbeats and the end itself, with the token, as one that polls does
 * - another 2xx, with JSON: the result
 * - 429 and 503: not now; the task is given back
 * - another 4xx is final, everything else is tried again
 */
export interface PushCall {
  (url: string, assignment: Assignment, signal: AbortSignal): Promise<PushAnswer>;
}

export interface PushAnswer {
  readonly status: number;
  /** Of `Retry-After`, when there is one. */
  readonly retryAfterMs?: number;
  readonly body: string;
}

const WAIT_MS = 20_000;
const SLOTS_MAX = 1000;

/** Starts to call a push fleet. Returns the way to stop; what runs is finished. */
export function startPush(engine: Engine, fleet: string, call: PushCall): () => void {
  const stop = new AbortController();
  const name = { fleet, name: `push-${engine.name}` };
  const stopping = stop.signal;
  const limit = { slots: engine.tables.compiled.table.fleets[fleet]?.slots ?? 1, good: 0 };
  let running = 0;
  let wake = (): void => undefined;
  const freed = (): void => {
    running -= 1;
    wake();
  };
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const declared = engine.tables.compiled.table.fleets[fleet];
      if (declared?.url === undefined) return;
      const free = Math.max(0, Math.floor(limit.slots) - running);
      if (free === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const build = buildOf(declared.builds);
      const request = { build, slots: Math.floor(limit.slots), free, waitMs: WAIT_MS };
      const { tasks } = await poll(engine, name, request, stop.signal);
      for (const task of tasks) {
        running += 1;
        void run(engine, { fleet, name: name.name }, declared.url, task, { call, limit, stopping }).finally(freed);
      }
      // A fleet that may take nothing is asked again a little later.
      if (tasks.length === 0) await pause(engine.clock, jittered(engine.clock, IDLE_MS));
    }
  };
  void loop();
  return () => {
    stop.abort();
    wake();
  };
}

const IDLE_MS = 50;

/** What the calls of one fleet share. */
interface Calls {
  readonly call: PushCall;
  readonly limit: Limit;
  readonly stopping: AbortSignal;
}

interface Limit {
  slots: number;
  good: number;
}

function buildOf(builds: Readonly<Record<string, number>>): string {
  return Object.keys(builds).sort((a, b) => (builds[b] ?? 0) - (builds[a] ?? 0))[0] ?? '';
}

async function run(
  engine: Engine,
  agent: { readonly fleet: string; readonly name: string },
  url: string,
  task: Assignment,
  { call, limit, stopping }: Calls,
): Promise<void> {
  const stop = new AbortController();
  const beats = beat(engine, agent, task, stop);
  const { id, token } = task;
  const mine = { id, token, agent };
  try {
    const answer = await call(url, task, stop.signal).catch((error: unknown) => failureOf(error));
    if ('error' in answer) await patiently(engine, () => fail(engine, mine, answer));
    else if (answer.status === 202) {
      beats();
      grow(limit);
      await ended(engine, task, agent.fleet, stopping);
    } else await settle(engine, mine, answer, limit);
  } finally {
    beats();
  }
}

async function settle(
  engine: Engine,
  mine: Parameters<typeof release>[1],
  { status, body, retryAfterMs }: PushAnswer,
  limit: Limit,
): Promise<void> {
  if (status >= 200 && status < 300) {
    const result = parse(body);
    grow(limit);
    if (result === undefined)
      await patiently(engine, () => fail(engine, mine, { error: 'BadResult', message: 'not JSON' }));
    else {
      const outcome = await patiently(engine, () => complete(engine, mine, result));
      if (outcome?.kind === 'invalid' || outcome?.kind === 'too-large') {
        await patiently(engine, () => fail(engine, mine, { error: 'BadResult', message: outcome.kind }));
      }
    }
    return;
  }
  if (status === 429 || status === 503) {
    limit.slots = Math.max(1, limit.slots / 2);
    limit.good = 0;
    await pause(engine.clock, jittered(engine.clock, Math.min(retryAfterMs ?? BUSY_MS, BUSY_MAX_MS)));
    await patiently(engine, () => release(engine, mine));
    return;
  }
  const final = status >= 400 && status < 500 && status !== 408;
  const failure = { error: `Http${status}`, message: body.slice(0, 1000), final };
  await patiently(engine, () => fail(engine, mine, failure));
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
function beat(
  engine: Engine,
  agent: { readonly fleet: string; readonly name: string },
  { id, token, heartbeatMs }: Assignment,
  stop: AbortController,
): () => void {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = engine.clock.after(heartbeatMs / 3, () => void once());
  };
  const once = async (): Promise<void> => {
    try {
      const { tasks } = await heartbeat(engine, agent, [{ id, token }]);
      if (tasks[0]?.lease === 'gone' || tasks[0]?.cancel === true) stop.abort();
      else again();
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      again();
    }
  };
  again();
  return () => cancel();
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

function parse(body: string): Json | undefined {
  if (body === '') return null;
  try {
    return JSON.parse(body) as Json;
  } catch {
    return undefined;
  }
}

/** Calls over HTTP; connections are kept and used again. */
export const httpCall: PushCall = async (url, assignment, signal) => {
  // Held here: Node 20 may collect the timeout of a composed signal before it fires.
  const own = new AbortController();
  const stop = (): void => own.abort(signal.reason);
  const late = new DOMException('it did not answer in time', 'TimeoutError');
  const timer = setTimeout(() => own.abort(late), Math.max(1, Math.floor(assignment.heartbeatMs / 3)));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await send(url, assignment, own.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};

async function send(url: string, assignment: Assignment, signal: AbortSignal): Promise<PushAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal,
    headers: {
      'content-type': 'application/json',
      'nova-torch-task': assignment.id,
      'nova-torch-token': String(assignment.token),
      'idempotency-key': assignment.id,
      ...(assignment.traceparent !== undefined && { traceparent: assignment.traceparent }),
    },
    body: JSON.stringify(assignment),
  });
  const body = await bodyOf(response);
  const after = Number(response.headers.get('retry-after'));
  return { status: response.status, body, ...(after > 0 && { retryAfterMs: after * 1000 }) };
}

const ANSWER_BYTES_MAX = 1_048_576;

async function bodyOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > ANSWER_BYTES_MAX) throw new Error('the answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
