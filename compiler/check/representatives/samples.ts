import type { Json, JsonObject } from '../../../spec/contract/source.ts';
import type { Task } from '../../../spec/contract/task.ts';
import type { QuestionMap, Questions } from './atoms.ts';
import { candidates } from './candidates.ts';
import type { Candidate, Candidates } from './candidates.ts';
import { eitherSchema, fieldSchema } from './field-schema.ts';
import type { FieldSchema } from './field-schema.ts';
import { sure } from '../../../spec/contract/sure.ts';
import { compareText } from '../../../spec/contract/text.ts';

/** Most representative tasks of one task type. */
export const SAMPLES_MAX = 4096;

/** A task that stands for all that are routed like it. */
export interface Sample {
  readonly task: Task;
  /** Fields whose value stands for any that nobody asks about, and those that are absent. */
  readonly made: ReadonlySet<string>;
}

export interface Samples {
  readonly list: readonly Sample[];
  /** Every task is routed like one of the list: what holds for all of them holds for all tasks. */
  readonly complete: boolean;
}

const TEXT: FieldSchema = { types: new Set(['string']), required: false, minimum: -Infinity, maximum: Infinity };

/**
 * Tasks of one type, one for each combination of answers to the questions, within what at least one of the schemas allows.
 * At most `max`; when there are more combinations, an even choice of them, and the result is not complete. Always the
 * same ones in the same order.
 */
export function samples(
  task: string,
  questions: QuestionMap,
  schemas: readonly (JsonObject | undefined)[],
  max: number = SAMPLES_MAX,
): Samples {
  const dimensions = [...questions.values()]
    .filter((each) => each.path[0] !== 'task')
    .map((each) =>
      each.path.length === 1 && each.path[0] !== 'tenant'
        ? whole(each)
        : candidates(each, schemaOf(each.path, schemas)),
    )
    .sort((a, b) => b.path.length - a.path.length || compareText(a.path.join('.'), b.path.join('.')));
  const count = dimensions.reduce((product, each) => product * each.list.length, 1);
  const taken = Math.min(count, max);
  const stride = count / Math.max(taken, 1);
  const list = Array.from({ length: taken }, (_, index) => sampleAt(task, dimensions, Math.floor(index * stride)));
  return { list, complete: taken === count && dimensions.every((each) => each.exact) };
}

/** All labels or the whole input at once: too many values to tell apart. */
function whole({ path }: Questions): Candidates {
  return { path, list: [ABSENT], exact: false };
}

const fieldSchemas = new WeakMap<readonly (JsonObject | undefined)[], Map<string, FieldSchema>>();

function schemaOf(path: readonly string[], schemas: readonly (JsonObject | undefined)[]): FieldSchema {
  if (path[0] !== 'input') return TEXT;
  let known = fieldSchemas.get(schemas);
  if (known === undefined) fieldSchemas.set(schemas, (known = new Map()));
  const key = path.join('.');
  let found = known.get(key);
  if (found === undefined)
    known.set(key, (found = eitherSchema(schemas.map((schema) => fieldSchema(schema, path.slice(1))))));
  return found;
}

/** The combination with this number: each dimension is one digit. */
function sampleAt(task: string, dimensions: readonly Candidates[], number: number): Sample {
  const made = new Set<string>();
  const body: Writable = { task };
  let rest = number;
  for (const { path, list } of dimensions) {
    const candidate = sure(list[rest % list.length], 'a candidate');
    rest = Math.floor(rest / list.length);
    if (candidate.made) made.add(path.join('.'));
    if (candidate.value !== undefined) put(body, path, candidate.value);
  }
  return { task: body as unknown as Task, made };
}

const ABSENT: Candidate = { value: undefined, made: true };

interface Writable {
  [key: string]: Json | Writable;
}

/** Longer paths come first: what they have made of a field stays. */
function put(body: Writable, path: readonly string[], value: Json): void {
  let node = body;
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(node, name)) node[name] = {};
    node = node[name] as Writable;
  }
  const last = path.at(-1);
  if (last !== undefined && !Object.hasOwn(node, last)) node[last] = value;
}
