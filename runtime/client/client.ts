import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  SubmitResponse,
  TaskEvent,
  TaskPage,
  TaskView,
  TaskViewState,
  WhyResponse,
} from '../../spec/contract/protocol.ts';
import { connection, type Connection, type ConnectionOptions } from './connection.ts';
import { readEvents } from './event-reader.ts';
import { drawn, patiently } from './patience.ts';
import type { AnyTasks, InputOf, TaskOf } from './task-types.ts';

export interface SubmitOptions {
  /** Names the task for you: the same key is the same task, however often it is sent. Drawn when absent. */
  readonly key?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Not to start before so many milliseconds are over. */
  readonly delayMs?: number;
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** `team/fleet`. */
  readonly fleet: string;
  readonly of?: 'open' | 'dead' | 'finished';
  /** Tasks of one page, 1 to 100. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Submits tasks and follows them. Every call is repeated until there is an answer that counts, for `patienceMs` at most. */
export interface Client<Tasks = AnyTasks> {
  /** Resolves when the task is durable: it is never lost from then on. */
  submit<Name extends keyof Tasks & string>(
    task: Name,
    input: InputOf<Tasks, Name>,
    options?: SubmitOptions,
  ): Promise<SubmitResponse>;
  /** `get<'greet'>(id)` where its type is known. */
  get<Name extends keyof Tasks & string = keyof Tasks & string>(id: string): Promise<TaskOf<Tasks, Name>>;
  list(options: ListOptions): Promise<TaskPage>;
  /**
   * What happens to a task until it ends; goes on after a lost connection where it was. A dead letter has not ended, since it may
   * have another chance: `isOver` is true of it as well, for those who do not wait for that.
   */
  events(id: string, options?: { readonly after?: number; readonly signal?: AbortSignal }): AsyncGenerator<TaskEvent>;
  /** Waits for its end, whatever that is. `ended<'greet'>(id)` where its type is known. */
  ended<Name extends keyof Tasks & string = keyof Tasks & string>(
    id: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<TaskOf<Tasks, Name>>;
  why(id: string): Promise<WhyResponse>;
  /** `asked`: it runs, and its agent is told. */
  cancel(id: string, reason?: string): Promise<TaskChange>;
  /** Gives a dead letter another chance. */
  retry(id: string): Promise<TaskChange>;
}

/** The task after a change, or before it when its agent was only asked. */
export interface TaskChange {
  readonly task: TaskView;
  readonly asked: boolean;
}

export interface ClientOptions extends ConnectionOptions {
  /** How long a call is repeated before it is given up; a minute when absent. */
  readonly patienceMs?: number;
}

/** Throws when nobody says where the scheduler is. */
export function client<Tasks extends object = AnyTasks>(options: ClientOptions = {}): Client<Tasks> {
  return clientOver(connection(options), options.patienceMs ?? 60_000);
}

/** The same over a connection that is there already. */
export function clientOver<Tasks extends object = AnyTasks>(link: Connection, patienceMs: number): Client<Tasks> {
  const ask = <Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Body> =>
    patiently(() => link.ask<Body>({ method, path, body }), { forMs: patienceMs });
  const get = <Name extends keyof Tasks & string>(id: string): Promise<TaskOf<Tasks, Name>> => ask('GET', one(id));
  return {
    submit: (task, input, { key = randomUUID(), labels, delayMs, signal } = {}) => {
      const body = { task, input, ...(labels !== undefined && { labels }), ...(delayMs !== undefined && { delayMs }) };
      const headers = { 'idempotency-key': key };
      return patiently(() => link.ask({ method: 'POST', path: '/v1/tasks', body, headers, signal }), {
        forMs: patienceMs,
        signal,
      });
    },
    get,
    list: ({ fleet, of, limit, after }) => {
      const query = new URLSearchParams({ fleet });
      if (of !== undefined) query.set('of', of);
      if (limit !== undefined) query.set('limit', String(limit));
      if (after !== undefined) query.set('after', after);
      return ask('GET', `/v1/tasks?${query.toString()}`);
    },
    events: (id, { after = 0, signal } = {}) => follow({ link, id, patienceMs, signal }, after),
    ended: async (id, { signal } = {}) => {
      for await (const { state } of follow({ link, id, patienceMs, signal }, 0)) if (isOver(state)) break;
      return get(id);
    },
    why: (id) => ask('GET', one(id, '/why')),
    cancel: (id, reason) => ask('POST', one(id, '/cancel'), reason === undefined ? {} : { reason }),
    retry: (id) => ask('POST', one(id, '/retry')),
  };
}

const OVER: ReadonlySet<TaskViewState> = new Set(['succeeded', 'failed', 'cancelled', 'expired', 'dead']);

/** A dead letter may live again, and until somebody decides that nothing happens to it. */
export function isOver(state: TaskViewState): boolean {
  return OVER.has(state);
}

function hasEnded(state: TaskViewState): boolean {
  return isOver(state) && state !== 'dead';
}

function one(id: string, rest = ''): string {
  return `/v1/tasks/${encodeURIComponent(id)}${rest}`;
}

interface Following {
  readonly link: Connection;
  readonly id: string;
  readonly patienceMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * A stream that ends is asked for again after the last event seen, until that is the end of the task: a scheduler that goes ends
 * its streams as well, and the task may end before the next one is asked.
 */
async function* follow({ link, id, patienceMs, signal }: Following, after: number): AsyncGenerator<TaskEvent> {
  let seen = after;
  const patience = { forMs: patienceMs, signal };
  for (let empty = 0; ;) {
    const ask = {
      method: 'GET',
      path: one(id, '/events'),
      headers: { 'last-event-id': String(seen) },
      signal,
      timeoutMs: STREAM_MS,
    } as const;
    const stream = await patiently(() => link.stream(ask), patience);
    const before = seen;
    let isWhole = true;
    try {
      for await (const { data } of readEvents(stream)) {
        const event = JSON.parse(data) as TaskEvent;
        seen = event.seq;
        yield event;
        if (hasEnded(event.state)) return;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isCutOff(error)) throw error;
      isWhole = false;
    }
    empty = seen === before ? empty + 1 : 0;
    // Nothing was new: nobody is asked again at once, and who asks after the last event of all is told that there is no other.
    if (empty === 0) continue;
    const { state } = await patiently(() => link.ask<TaskView>({ method: 'GET', path: one(id), signal }), patience);
    if (hasEnded(state) && isWhole && empty > 1) return;
    await sleep(drawn(empty), undefined, signal === undefined ? {} : { signal });
  }
}

/** Streams are opened anew now and then, so that a half-dead connection does not last. */
const STREAM_MS = 600_000;

function isCutOff(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TypeError' || error.name === 'TimeoutError' || 'code' in error);
}
