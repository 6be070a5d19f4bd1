import type { Json, JsonObject } from '../../spec/contract/source.ts';

/**
 * What each task type takes and gives, for TypeScript:
 *
 * ```ts
 * interface Tasks { greet: { input: { name: string }; output: { text: string } } }
 * ```
 */
export type InputOf<Tasks, Name extends keyof Tasks> = Tasks[Name] extends { readonly input: infer Input }
  ? Input
  : never;

export type OutputOf<Tasks, Name extends keyof Tasks> = Tasks[Name] extends { readonly output: infer Output }
  ? Output
  : never;

/** Any task, any JSON. */
export type AnyTasks = Readonly<Record<string, { readonly input: JsonObject; readonly output: Json }>>;
