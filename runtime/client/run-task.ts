import type { Assignment, NextRequest, PollResponse, SettleResponse } from '../../spec/contract/protocol.ts';
import type { JsonObject } from '../../spec/contract/source.ts';
import { SchedulerProblem, Unsendable } from './connection.ts';
import { failureBody, messageOf } from './task-failure.ts';

/** A task as its handler sees it. */
export interface RunningTask<Input = JsonObject> {
  readonly id: string;
  readonly task: string;
  readonly input: Input;
  readonly labels: Readonly<Record<string, string>>;
  readonly tenant: string;
  /** From 1. */
  readonly attempt: number;
  /**
   * Rises with every run of the task. Whoever is told this number with an effect can refuse an older one: the scheduler makes sure
   * that one run is counted, not that an earlier one has stopped.
   */
  readonly token: number;
  /** Aborted when the task should end: its reason is a `StopReason`. */
  readonly signal: AbortSignal;
  readonly dueAt: Date;
  /** W3C trace context of the submission. */
  readonly traceparent?: string;
}

export type Handler<Input, Output> = (task: RunningTask<Input>) => Output | Promise<Output>;

/** `cancelled`: somebody asked for its end. `lost`: another run has it. `drained`: this process goes. */
export type StopReason = 'cancelled' | 'lost' | 'drained';

/** How a run ended, as the scheduler has taken it. `unanswered`: nobody knows; its lease decides. */
export type Settled = 'completed' | 'failed' | 'released' | 'stale' | 'unanswered';

export interface Run {
  readonly task: Assignment;
  readonly over: Promise<Settled>;
  stop(reason: StopReason): void;
}

export interface Runner {
  readonly fleet: string;
  readonly agent: string;
  /** What to ask for with a completion, and what came with its answer. */
  readonly next?: () => NextRequest | undefined;
  readonly take?: (found: PollResponse) => void;
}

type Settle = (path: string, body: unknown) => Promise<unknown>;

/** How long a handler that was told to end may take before the run goes on without it. */
const GRACE_MS = 5000;

/** Runs a handler and tells the scheduler what came of it, once. */
export function runTask(
  task: Assignment,
  handler: Handler<never, unknown> | undefined,
  settle: Settle,
  runner: Runner,
): Run {
  const stopping = new AbortController();
  let isDecided = false;
  const over = outcomeOf(task, handler, stopping.signal).then((outcome) => {
    isDecided = true;
    return report(task, outcome, settle, runner);
  });
  // Of a handler that is done nothing is asked any more: its end may be on its way when a heartbeat says that its lease is gone.
  const stop = (reason: StopReason): void => {
    if (!isDecided) stopping.abort(reason);
  };
  return { task, over, stop };
}

type Outcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

async function outcomeOf(
  task: Assignment,
  handler: Handler<never, unknown> | undefined,
  signal: AbortSignal,
): Promise<Outcome> {
  if (handler === undefined) {
    const error = new Error(`this agent has no handler for ${task.task}`);
    error.name = 'NoHandler';
    return { kind: 'error', error };
  }
  const running: RunningTask = {
    id: task.id,
    task: task.task,
    input: task.input,
    labels: task.labels,
    tenant: task.tenant,
    attempt: task.attempt,
    token: task.token,
    signal,
    dueAt: new Date(task.dueAt),
    ...(task.traceparent !== undefined && { traceparent: task.traceparent }),
  };
  const handled = Promise.resolve()
    .then(() => {
      // It came while the worker was already on its way out.
      signal.throwIfAborted();
      return handler(running as never);
    })
    .then(
      (result): Outcome => ({ kind: 'result', result }),
      (error: unknown): Outcome =>
        signal.aborted ? { kind: 'stopped', reason: signal.reason as StopReason } : { kind: 'error', error },
    );
  const late = stoppedLate(signal);
  return Promise.race([handled, late.outcome]).finally(late.end);
}

/** A handler that does not listen is left alone; its lease is somebody else's then, and its token old. */
function stoppedLate(signal: AbortSignal): { readonly outcome: Promise<Outcome>; readonly end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    const wait = (): void => {
      const reason = signal.reason as StopReason;
      timer = setTimeout(() => resolve({ kind: 'stopped', reason }), GRACE_MS);
    };
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
  return { outcome, end: () => clearTimeout(timer) };
}

async function report(
  { id, token }: Assignment,
  outcome: Outcome,
  settle: Settle,
  { fleet, agent, next, take }: Runner,
): Promise<Settled> {
  const own = { agent, token };
  const path = (verb: string): string =>
    `/v1/tasks/${encodeURIComponent(id)}/${verb}?fleet=${encodeURIComponent(fleet)}`;
  try {
    if (outcome.kind === 'result') {
      const { result = null } = outcome;
      try {
        const wanted = next?.();
        const answer = await settle(path('complete'), {
          ...own,
          result,
          ...(wanted !== undefined && { next: wanted }),
        });
        const found = (answer as SettleResponse).next;
        if (found !== undefined) take?.(found);
        return 'completed';
      } catch (error) {
        const refused = refusedResult(error);
        if (refused === undefined) throw error;
        await settle(path('fail'), { ...own, ...refused });
        return 'failed';
      }
    }
    if (outcome.kind === 'error') {
      await settle(path('fail'), { ...own, ...failureBody(outcome.error) });
      return 'failed';
    }
    if (outcome.reason === 'lost') return 'stale';
    await settle(path('release'), own);
    return 'released';
  } catch (error) {
    const isOld = error instanceof SchedulerProblem && (error.status === 409 || error.status === 404);
    return isOld ? 'stale' : 'unanswered';
  }
}

/** A result that the fleet's schema or the scheduler's limits refuse is a failed attempt, and says where it is wrong. */
function refusedResult(error: unknown): { error: string; message: string; final?: true } | undefined {
  if (error instanceof Unsendable) return { error: 'InvalidResult', message: messageOf(`the result ${error.message}`) };
  if (!(error instanceof SchedulerProblem)) return undefined;
  if (error.status === 413) return { error: 'ResultTooLarge', message: error.message, final: true };
  if (error.status !== 422 && error.status !== 400) return undefined;
  const places = error.errors.map(({ pointer, detail }) => `${pointer === '' ? '/' : pointer} ${detail}`);
  return { error: 'InvalidResult', message: messageOf([error.message, ...places].join('; ')) };
}
