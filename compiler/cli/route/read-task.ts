import type { JsonObject } from '../../../spec/contract/source.ts';
import type { Task } from '../../../spec/contract/task.ts';
import type { Context } from '../context.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import { readGiven } from '../given-file.ts';
import { meant, UsageError } from '../usage.ts';

/** Longest task that is read, in characters, and in bytes before they are counted. */
const LENGTH_MAX = 256 * 1024;
const BYTES_MAX = 4 * LENGTH_MAX;
const FIELDS = ['task', 'tenant', 'labels', 'input'];

/** A task from a file, or from standard input for `-`. Throws UsageError for anything that is no task. */
export async function readTask(path: string, context: Context): Promise<Task> {
  const text = path === '-' ? await context.host.stdin() : readGiven(path, BYTES_MAX, context, 'refused');
  if (text.length > LENGTH_MAX) throw new UsageError(`the task in \`${path}\` is longer than ${LENGTH_MAX} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`\`${path}\` is not JSON: ${(error as SyntaxError).message}`);
  }
  return taskOf(value, path);
}

function taskOf(value: unknown, path: string): Task {
  if (!isMap(value))
    throw new UsageError(`\`${path}\` holds no task`, ['a task is a map: {"task": "bug_fix", "input": {}}']);
  for (const field of Object.keys(value)) {
    if (!FIELDS.includes(field))
      throw new UsageError(`a task has no field \`${field}\``, meant(nearest(field, FIELDS)));
  }
  const { task, tenant, labels, input } = value;
  if (typeof task !== 'string') throw new UsageError('a task needs its type in `task`');
  if (tenant !== undefined && typeof tenant !== 'string') throw new UsageError('`tenant` must be text');
  if (labels !== undefined && !(isMap(labels) && Object.values(labels).every((label) => typeof label === 'string')))
    throw new UsageError('`labels` must be a map of texts');
  if (input !== undefined && !isMap(input)) throw new UsageError('`input` must be a map');
  return {
    task,
    ...(tenant !== undefined && { tenant }),
    ...(labels !== undefined && { labels: labels as Readonly<Record<string, string>> }),
    ...(input !== undefined && { input: input as JsonObject }),
  };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
