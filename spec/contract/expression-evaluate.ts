import type { Expression, Relation, TextTest } from './expression.ts';
import type { Json } from './source.ts';
import type { Task } from './task.ts';

/** Most comparisons of values in one evaluation: two large inputs cannot hold up a scheduler. Past it nothing is equal. */
const COMPARISONS_MAX = 10_000;
const DEPTH_MAX = 32;

interface Budget {
  comparisons: number;
}

/**
 * Whether a condition holds for a task. It always ends with an answer: an absent field and values of the wrong types make
 * a comparison false, and what is not `true` is not a condition that holds. Where CEL has an answer, it is the same.
 */
export function evaluate(expression: Expression, task: Task): boolean {
  return holds(expression, task, { comparisons: COMPARISONS_MAX });
}

/** What a path leads to in a task: its own properties only; nothing when it is absent. */
export function lookUp(path: readonly string[], task: Task): Json | undefined {
  let value: unknown = ownField(task, path[0]);
  for (let index = 1; index < path.length && value !== undefined; index++) value = ownField(value, path[index]);
  return value as Json | undefined;
}

function ownField(value: unknown, name: string | undefined): unknown {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && name !== undefined && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function holds(expression: Expression, task: Task, budget: Budget): boolean {
  switch (expression.op) {
    case 'and':
      return expression.of.every((part) => holds(part, task, budget));
    case 'or':
      return expression.of.some((part) => holds(part, task, budget));
    case 'not':
      return !holds(expression.of, task, budget);
    case 'has':
      return valueOf(expression.of, task, budget) !== undefined;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return textTest(expression.op, valueOf(expression.of, task, budget), valueOf(expression.with, task, budget));
    case 'literal':
    case 'field':
      return valueOf(expression, task, budget) === true;
    case 'list':
    case 'size':
      return false;
    default:
      return compare(
        expression.op,
        valueOf(expression.left, task, budget),
        valueOf(expression.right, task, budget),
        budget,
      );
  }
}

function valueOf(expression: Expression, task: Task, budget: Budget): Json | undefined {
  switch (expression.op) {
    case 'literal':
      return expression.value;
    case 'field':
      return lookUp(expression.path, task);
    case 'size':
      return sizeOf(valueOf(expression.of, task, budget));
    case 'list':
      return listOf(expression.items, task, budget);
    default:
      return holds(expression, task, budget);
  }
}

/** A list with an absent part is absent itself. */
function listOf(items: readonly Expression[], task: Task, budget: Budget): Json | undefined {
  const values = items.map((item) => valueOf(item, task, budget));
  return values.includes(undefined) ? undefined : (values as Json[]);
}

function compare(op: Relation, left: Json | undefined, right: Json | undefined, budget: Budget): boolean {
  if (left === undefined || right === undefined) return false;
  switch (op) {
    case '==':
      return equal(left, right, budget, 0);
    case '!=':
      return !equal(left, right, budget, 0);
    case 'in':
      return isIn(left, right, budget);
    default:
      return ordered(op, left, right);
  }
}

function ordered(op: '<' | '<=' | '>' | '>=', left: Json, right: Json): boolean {
  if (typeof left === 'number' && typeof right === 'number') return inOrder(op, left - right);
  return typeof left === 'string' && typeof right === 'string' && inOrder(op, compareText(left, right));
}

function inOrder(op: '<' | '<=' | '>' | '>=', difference: number): boolean {
  switch (op) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
  }
}

/** By code points, as CEL does; JavaScript would compare UTF-16 code units. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return inCodePointOrder(a) - inCodePointOrder(b);
  }
  return left.length - right.length;
}

/** Surrogates stand for code points above all others. */
function inCodePointOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function isIn(left: Json, right: Json, budget: Budget): boolean {
  if (Array.isArray(right)) return right.some((item: Json) => equal(left, item, budget, 0));
  return typeof left === 'string' && ownField(right, left) !== undefined;
}

function equal(left: Json, right: Json, budget: Budget, depth: number): boolean {
  if (budget.comparisons-- <= 0 || depth > DEPTH_MAX) return false;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item: Json, index) => equal(item, right[index] as Json, budget, depth + 1));
  }
  return equalMaps(left as JsonMap, right as JsonMap, budget, depth);
}

type JsonMap = Readonly<Record<string, Json>>;

function equalMaps(left: JsonMap, right: JsonMap, budget: Budget, depth: number): boolean {
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => {
    return Object.hasOwn(right, key) && equal(left[key] as Json, right[key] as Json, budget, depth + 1);
  });
}

function sizeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string') return codePoints(value);
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : undefined;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function textTest(op: TextTest, of: Json | undefined, argument: Json | undefined): boolean {
  if (typeof of !== 'string' || typeof argument !== 'string') return false;
  switch (op) {
    case 'startsWith':
      return of.startsWith(argument);
    case 'endsWith':
      return of.endsWith(argument);
    case 'contains':
      return of.includes(argument);
  }
}
