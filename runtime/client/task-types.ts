import type { TaskView } from '../../spec/contract/protocol.ts';
import type { Json, JsonObject } from '../../spec/contract/source.ts';

/**
 * What each task type takes and gives, for TypeScript:
 *
 * ```ts
 * interface Tasks { greet: { input: { name: string }; output: { text: string } } }
 * ```
 *
 * `nova-torch types` writes it from the spec.
 */
export type InputOf<Tasks, Name extends keyof Tasks> = Tasks[Name]['input' & keyof Tasks[Name]];

/** Read by its place and not inferred: a handler's literals are then looked at as what they may be, and not as any text. */
export type OutputOf<Tasks, Name extends keyof Tasks> = Tasks[Name]['output' & keyof Tasks[Name]];

/** A task as the scheduler shows it: of several types, `task` says which, and with it what its input and result are. */
export type TaskOf<Tasks, Name extends keyof Tasks & string = keyof Tasks & string> = {
  readonly [One in Name]: Omit<TaskView, 'task' | 'input' | 'result'> & {
    readonly task: One;
    readonly input?: InputOf<Tasks, One>;
    readonly result?: OutputOf<Tasks, One>;
  };
}[Name];

/** Any task, any JSON. */
export type AnyTasks = Readonly<Record<string, { readonly input: JsonObject; readonly output: Json }>>;
