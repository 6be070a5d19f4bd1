import { hostname } from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FREE_MAX,
  type Assignment,
  type NextRequest,
  type PollResponse,
  type RegisterResponse,
} from '../../spec/contract/protocol.ts';
import { connection, SchedulerProblem, type Connection, type ConnectionOptions } from './connection.ts';
import { heartbeats } from './heartbeats.ts';
import { patiently } from './patience.ts';
import { pauseBeforePoll, REFUSED_MS, Refusal, WorkerRefused } from './refusal.ts';
import { runTask, type Handler, type Run, type Settled } from './run-task.ts';
import { serveAgent } from './serve-agent.ts';
import { pauseUnlessFinal, SETTLE_MS, settleForMs } from './settling.ts';
import type { AnyTasks, InputOf, OutputOf } from './task-types.ts';

/**
 * Runs tasks of one fleet. What is not said comes from the variables that a fleet's pod has.
 *
 * A worker is, in turn: made (handlers are added); running, when it asks for work and runs at most `slots` tasks at once;
 * draining, from SIGTERM, `drain()` or the scheduler's word: it takes nothing more and finishes what it can in time; ended, when
 * what it could not finish was given back.
 */
export interface Worker<Tasks = AnyTasks> {
  /** How to run one type of task. */
  on<Name extends keyof Tasks & string>(
    task: Name,
    handler: Handler<InputOf<Tasks, Name>, OutputOf<Tasks, Name>>,
  ): Worker<Tasks>;
  /**
   * Runs until it has drained. Rejects with `WorkerRefused` when the scheduler does not know the fleet, or does not let it in; when it
   * no longer does, after `refusedMs`, and not before all that runs has ended.
   */
  run(): Promise<void>;
  /** Takes nothing more, finishes what runs, gives back what takes too long. Resolves when all is settled. */
  drain(): Promise<void>;
  readonly state: WorkerState;
  /** How it runs this type of task; for tests. */
  handlerOf(task: string): Handler<never, unknown> | undefined;
}

export interface WorkerState {
  readonly phase: 'made' | 'running' | 'draining' | 'ended';
  readonly slots: number;
  readonly busy: number;
}

export interface WorkerOptions extends ConnectionOptions {
  /** `team/fleet`. */
  readonly fleet?: string;
  /** Its own among the agents of the fleet; the pod's name, or one of this machine and process. Two of one name drain together. */
  readonly name?: string;
  readonly build?: string;
  /** Tasks at once. */
  readonly slots?: number;
  /** `push`: the scheduler hands tasks over at `/v1/tasks` of the worker's own server. */
  readonly delivery?: 'pull' | 'push';
  /** Port of that server, of health and of `/drain`; none when absent and not in a pod. */
  readonly httpPort?: number;
  readonly metricsPort?: number;
  /** How long work may be refused (401, 403, 404) before it gives up; five minutes when absent. */
  readonly refusedMs?: number;
  /** Told what happens; for logs. What it throws is a warning of the process, and nothing else. */
  readonly observe?: (event: WorkerEvent) => void;
  /** Whether SIGTERM drains; yes when absent. */
  readonly signals?: boolean;
}

export type WorkerEvent =
  | { readonly kind: 'polled'; readonly outcome: 'task' | 'empty' | 'error'; readonly error?: unknown }
  | { readonly kind: 'started'; readonly task: Assignment }
  | { readonly kind: 'settled'; readonly task: Assignment; readonly settled: Settled; readonly seconds: number }
  /** A call is made again; told once for each reason. `task`: whose end was to be said. */
  | {
      readonly kind: 'retried';
      readonly call: 'register' | 'heartbeat' | 'settle';
      readonly task?: Assignment;
      readonly error: unknown;
    }
  | { readonly kind: 'draining' };

/** Throws when nobody says which fleet it is of, or where the scheduler is. */
export function worker<Tasks extends object = AnyTasks>(options: WorkerOptions = {}): Worker<Tasks> {
  return new TaskWorker<Tasks>(options, process.env);
}

const REGISTER_MS = 600_000;
const DRAIN_MS = 30_000;
const POLL_MS = 25_000;
/** A poll is over a little after the scheduler should have answered. */
const POLL_MARGIN_MS = 10_000;

class TaskWorker<Tasks> implements Worker<Tasks> {
  readonly #link: Connection;
  readonly #fleet: string;
  readonly #name: string;
  #build: string | undefined;
  readonly #slots: number;
  readonly #options: WorkerOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #handlers = new Map<string, Handler<never, unknown>>();
  readonly #runs = new Map<string, Run>();
  #phase: WorkerState['phase'] = 'made';
  #drainMs = DRAIN_MS;
  #pollMs = POLL_MS;
  #freed = (): void => undefined;
  #drained: Promise<void> | undefined;
  readonly #stopPolling = new AbortController();
  /** What was not answered by now is left to its lease. */
  readonly #gone = new AbortController();

  constructor(options: WorkerOptions, env: NodeJS.ProcessEnv) {
    const fleet = options.fleet ?? env['NOVA_TORCH_FLEET'];
    if (fleet === undefined || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(fleet)) {
      throw new TypeError('no fleet: give `fleet` as team/name, or set NOVA_TORCH_FLEET');
    }
    this.#link = connection(options, env);
    this.#fleet = fleet;
    this.#name = options.name ?? env['POD_NAME'] ?? ownName();
    this.#build = options.build ?? env['NOVA_TORCH_BUILD'];
    this.#slots = options.slots ?? Number(env['NOVA_TORCH_SLOTS'] ?? 1);
    this.#options = options;
    this.#env = env;
  }

  get state(): WorkerState {
    return { phase: this.#phase, slots: this.#slots, busy: this.#runs.size };
  }

  on<Name extends keyof Tasks & string>(
    task: Name,
    handler: Handler<InputOf<Tasks, Name>, OutputOf<Tasks, Name>>,
  ): this {
    this.#handlers.set(task, handler);
    return this;
  }

  handlerOf(task: string): Handler<never, unknown> | undefined {
    return this.#handlers.get(task);
  }

  async run(): Promise<void> {
    if (this.#phase !== 'made') throw new Error('a worker runs once');
    this.#phase = 'running';
    const onSignal = (): void => void this.drain();
    // Until it has ended: whoever passes a signal on, as npm does in a group, sends it twice.
    if (this.#options.signals !== false) process.on('SIGTERM', onSignal);
    let close = (): Promise<void> => Promise.resolve();
    const beat = heartbeats(this.#link, this.#path('/heartbeat'), this.#runs, {
      onDrain: () => void this.drain(),
      onFailure: onceEach((error) => this.#tell({ kind: 'retried', call: 'heartbeat', error })),
    });
    try {
      close = await this.#serve();
      await this.#register();
      if (this.#delivery() === 'pull') await this.#poll();
      else await new Promise((resolve) => this.#stopPolling.signal.addEventListener('abort', resolve, { once: true }));
      await this.drain();
    } finally {
      beat.stop();
      process.off('SIGTERM', onSignal);
      this.#phase = 'ended';
      await close();
    }
  }

  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** For the server of a push fleet: takes a task, or says that it has enough. */
  take(task: Assignment): boolean {
    if (this.#phase !== 'running' || this.#runs.size >= this.#slots || this.#runs.has(task.id)) return false;
    this.#start(task);
    return true;
  }

  #delivery(): 'pull' | 'push' {
    return this.#options.delivery ?? (this.#env['NOVA_TORCH_DELIVERY'] === 'push' ? 'push' : 'pull');
  }

  #who(): string {
    return `${this.#name} of ${this.#fleet}`;
  }

  #path(rest: string): string {
    return `/v1/agents/${this.#fleet}/${encodeURIComponent(this.#name)}${rest}`;
  }

  async #serve(): Promise<() => Promise<void>> {
    const port = this.#options.httpPort ?? numberOf(this.#env['NOVA_TORCH_HTTP_PORT']);
    if (port === undefined) return () => Promise.resolve();
    return serveAgent({
      port,
      metricsPort: this.#options.metricsPort ?? numberOf(this.#env['NOVA_TORCH_METRICS_PORT']) ?? 9464,
      state: () => this.state,
      drain: () => this.drain(),
      ...(this.#delivery() === 'push' && { take: (task: Assignment) => this.take(task) }),
      listen: (listener) => this.#listeners.push(listener),
    });
  }

  readonly #listeners: ((event: WorkerEvent) => void)[] = [];

  #tell(event: WorkerEvent): void {
    try {
      this.#options.observe?.(event);
    } catch (error) {
      // A log that is broken is no reason to lose a task.
      process.emitWarning(`the worker's observe failed at ${event.kind}: ${String(error)}`);
    }
    for (const listener of this.#listeners) listener(event);
  }

  async #register(): Promise<void> {
    const body = {
      fleet: this.#fleet,
      name: this.#name,
      slots: this.#slots,
      ...(this.#build !== undefined && { build: this.#build }),
    };
    const known = await patiently(
      () => this.#link.ask<RegisterResponse>({ method: 'POST', path: '/v1/agents', body }),
      {
        forMs: REGISTER_MS,
        signal: this.#stopPolling.signal,
        tell: onceEach((error) => this.#tell({ kind: 'retried', call: 'register', error })),
      },
    ).catch((error: unknown) => {
      // Told to go before anybody had answered.
      if (this.#phase === 'draining') return undefined;
      throw error instanceof SchedulerProblem ? new WorkerRefused(this.#who(), 0, error) : error;
    });
    if (known === undefined) return;
    this.#build = known.build;
    this.#drainMs = known.drainMs;
    this.#pollMs = Math.min(POLL_MS, known.pollMs);
  }

  async #poll(): Promise<void> {
    const refusal = new Refusal(this.#who(), this.#options.refusedMs ?? REFUSED_MS);
    for (let failures = 0; this.#phase === 'running';) {
      const free = this.#slots - this.#runs.size;
      if (free === 0) {
        await new Promise<void>((resolve) => {
          this.#freed = resolve;
        });
        continue;
      }
      try {
        const answer = await this.#askForWork(free);
        failures = 0;
        refusal.end();
        this.#tell({ kind: 'polled', outcome: answer.tasks.length > 0 ? 'task' : 'empty' });
        for (const task of answer.tasks) this.#start(task);
        if (answer.drain) return;
      } catch (error) {
        if (this.#stopPolling.signal.aborted) return;
        this.#tell({ kind: 'polled', outcome: 'error', error });
        const standing = refusal.note(error, performance.now());
        // What runs still has its lease, and somebody who waits for it.
        if (standing !== undefined && this.#runs.size === 0) throw standing;
        failures += 1;
        const waitMs = pauseBeforePoll(error, failures);
        await sleep(waitMs, undefined, { signal: this.#stopPolling.signal }).catch(() => undefined);
      }
    }
  }

  #askForWork(free: number): Promise<PollResponse> {
    return this.#link.ask<PollResponse>({
      method: 'POST',
      path: this.#path('/poll'),
      body: { build: this.#build ?? '', slots: this.#slots, free: Math.min(FREE_MAX, free), waitMs: this.#pollMs },
      timeoutMs: this.#pollMs + POLL_MARGIN_MS,
      signal: this.#stopPolling.signal,
    });
  }

  #start(task: Assignment): void {
    this.#tell({ kind: 'started', task });
    const begunMs = performance.now();
    let found: PollResponse | undefined;
    const run = runTask(
      task,
      this.#handlers.get(task.task),
      (path, body) => this.#settle(task, begunMs, { path, body }),
      {
        fleet: this.#fleet,
        agent: this.#name,
        next: () => this.#next(),
        take: (next) => {
          found = next;
        },
      },
    );
    // It has come again: the lease of the run before is lost, and only this one has a heartbeat.
    this.#runs.get(task.id)?.stop('lost');
    this.#runs.set(task.id, run);
    void run.over.then((settled) => {
      if (this.#runs.get(task.id) === run) this.#runs.delete(task.id);
      this.#tell({ kind: 'settled', task, settled, seconds: (performance.now() - begunMs) / 1000 });
      for (const next of found?.tasks ?? []) this.#start(next);
      if (found?.drain === true) void this.drain();
      this.#freed();
    });
    // It came while the worker was already on its way out.
    if (this.#phase !== 'running') run.stop('drained');
  }

  /** What a completion asks for: its own slot filled again, when no poll is open that would fill it. */
  #next(): NextRequest | undefined {
    if (this.#phase !== 'running' || this.#delivery() !== 'pull' || this.#runs.size < this.#slots) return undefined;
    return { build: this.#build ?? '', slots: this.#slots, free: 1 };
  }

  /** In the trace of the task: whichever scheduler hears it need not be the one that knows that. */
  #settle(
    task: Assignment,
    begunMs: number,
    said: { readonly path: string; readonly body: unknown },
  ): Promise<unknown> {
    const headers = task.traceparent === undefined ? {} : { traceparent: task.traceparent };
    return patiently(() => this.#link.ask({ method: 'POST', ...said, headers }), {
      forMs: settleForMs(task, performance.now() - begunMs),
      signal: this.#gone.signal,
      pause: pauseUnlessFinal,
      tell: onceEach((error) => this.#tell({ kind: 'retried', call: 'settle', task, error })),
    });
  }

  async #drain(): Promise<void> {
    if (this.#phase === 'made' || this.#phase === 'ended') {
      this.#phase = 'ended';
      return;
    }
    this.#phase = 'draining';
    this.#tell({ kind: 'draining' });
    if (this.#delivery() === 'pull') await this.#leave();
    this.#stopPolling.abort();
    this.#freed();
    const all = (): Promise<unknown> => Promise.all([...this.#runs.values()].map(({ over }) => over));
    await Promise.race([all(), sleep(this.#drainMs, undefined, { ref: false })]);
    for (const run of this.#runs.values()) run.stop('drained');
    await Promise.race([all(), sleep(SETTLE_MS, undefined, { ref: false })]);
    this.#gone.abort();
    await all();
  }

  /** The scheduler ends the open poll itself, so that no task is on its way to somebody who has gone. */
  async #leave(): Promise<void> {
    const signal = AbortSignal.timeout(LEAVE_MS);
    await this.#link.ask({ method: 'POST', path: this.#path('/drain'), signal }).catch(() => undefined);
    await sleep(LAST_ANSWER_MS);
  }
}

const LEAVE_MS = 2000;
/** For what the scheduler sent just before it heard. */
const LAST_ANSWER_MS = 50;

/** Of this process: several of one machine are several agents. */
function ownName(): string {
  return `${hostname().slice(0, 50)}-${process.pid}`;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

/** Tells of an error when it is another one than the last. */
function onceEach(tell: (error: unknown) => void): (error: unknown) => void {
  let last: string | undefined;
  return (error) => {
    const says = String(error);
    if (says === last) return;
    last = says;
    tell(error);
  };
}
