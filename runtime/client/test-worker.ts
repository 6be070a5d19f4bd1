import type { Assignment, FailRequest } from '../../spec/contract/protocol.ts';
import type { JsonObject } from '../../spec/contract/source.ts';
import { jsonOf, SchedulerProblem } from './connection.ts';
import { runTask, type Settled, type StopReason } from './run-task.ts';
import type { AnyTasks, InputOf, OutputOf } from './task-types.ts';
import type { Worker } from './worker.ts';

export interface TestOptions {
  readonly attempt?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tenant?: string;
  /** The run is told to end, for this reason, after so long. */
  readonly stop?: { readonly afterMs: number; readonly reason: StopReason };
  /** The scheduler finds the result wrong there, as it does by the fleet's output schema. */
  readonly refuse?: readonly { readonly pointer: string; readonly detail: string }[];
  /** Another run has the task by the time this one ends. */
  readonly stale?: boolean;
}

/** What the scheduler would have been told. */
export interface TestedRun<Output> {
  readonly settled: Settled;
  /** When it completed. */
  readonly result?: Output;
  /** When it failed. */
  readonly failure?: Pick<FailRequest, 'error' | 'message' | 'final' | 'retryAfterMs'>;
}

/**
 * Runs the handlers of a worker without a scheduler, a cluster or a network: what crashes, is cancelled, is refused or comes too
 * late goes through the very code that runs tasks.
 */
export function testWorker<Tasks = AnyTasks>(
  worker: Worker<Tasks>,
): {
  run<Name extends keyof Tasks & string>(
    task: Name,
    input: InputOf<Tasks, Name>,
    options?: TestOptions,
  ): Promise<TestedRun<OutputOf<Tasks, Name>>>;
} {
  return {
    run: async (task, input, options = {}) => {
      const told: { result?: unknown; failure?: TestedRun<unknown>['failure'] } = {};
      // As it goes over the wire, where what is no JSON fails and a date becomes a text.
      const settle = async (path: string, body: unknown): Promise<unknown> => {
        const { agent: _, token: __, ...said } = JSON.parse(jsonOf(body)) as Record<string, unknown>;
        if (options.stale === true) throw problem(409, 'stale', []);
        if (path.includes('/complete') && options.refuse !== undefined) {
          throw problem(422, 'invalid-result', options.refuse);
        }
        if (path.includes('/complete')) told.result = said['result'];
        if (path.includes('/fail')) told.failure = said as never;
        return {};
      };
      const assignment = assignmentOf(task, JSON.parse(jsonOf(input)) as JsonObject, options);
      const run = runTask(assignment, worker.handlerOf(task), settle, { fleet: 'test/test', agent: 'test' });
      const { stop } = options;
      const timer = stop === undefined ? undefined : setTimeout(() => run.stop(stop.reason), stop.afterMs);
      const settled = await run.over;
      clearTimeout(timer);
      return { settled, ...told } as TestedRun<never>;
    },
  };
}

const RUN_MS = 900_000;

function assignmentOf(
  task: string,
  input: JsonObject,
  { attempt = 1, labels = {}, tenant = 'test' }: TestOptions,
): Assignment {
  const dueAt = new Date(Date.now() + RUN_MS).toISOString();
  const common = { id: 'test', token: attempt, task, tenant, labels, input, attempt };
  return { ...common, priority: 'normal', heartbeatMs: 30_000, leasedUntil: dueAt, dueAt };
}

function problem(status: number, name: string, errors: NonNullable<TestOptions['refuse']>): SchedulerProblem {
  return new SchedulerProblem(
    status,
    { type: `https://nova-torch.dev/problems/${name}`, title: name, errors },
    undefined,
  );
}
