import type { JsonObject } from './source.ts';

/** How urgent a task is, from the least to the most. */
export const PRIORITIES = ['low', 'normal', 'high', 'urgent', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A task as routing sees it: what was submitted, without its state. */
export interface Task {
  /** Its type. */
  readonly task: string;
  /** For whom it runs; from the submitter's identity, never from the body. */
  readonly tenant?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly input?: JsonObject;
}
