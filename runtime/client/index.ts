/** What an agent's author and a submitter import: `import { client, worker } from 'nova-torch/client'`. */
export {
  client,
  isOver,
  type Client,
  type ClientOptions,
  type ListOptions,
  type SubmitOptions,
  type TaskChange,
} from './client.ts';
export { SchedulerProblem, SchedulerUnreachable, type ConnectionOptions } from './connection.ts';
export { WorkerRefused } from './refusal.ts';
export type { Handler, RunningTask, Settled, StopReason } from './run-task.ts';
export { TaskFailure, type FailureOptions } from './task-failure.ts';
export type { AnyTasks, TaskOf } from './task-types.ts';
export { testWorker, type TestedRun, type TestOptions } from './test-worker.ts';
export { worker, type Worker, type WorkerEvent, type WorkerOptions, type WorkerState } from './worker.ts';
