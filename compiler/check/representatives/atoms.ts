import type { Expression } from '../../../spec/contract/expression.ts';

/** A value an expression can hold a field against. */
export type Literal = string | number | boolean | null;

/**
 * What conditions ask of one field: all that can make their answer change. Tasks that answer every question alike are
 * routed alike, so one task for each combination of answers stands for all.
 */
export interface Questions {
  readonly path: readonly string[];
  readonly equals: Set<Literal>;
  /** Bounds of `<`, `<=`, `>` and `>=`. */
  readonly bounds: Set<string | number>;
  readonly prefixes: Set<string>;
  readonly suffixes: Set<string>;
  readonly parts: Set<string>;
  /** Values asked for with `value in field`. */
  readonly members: Set<Literal>;
  /** Numbers `size()` is compared with. */
  readonly sizes: Set<number>;
  /** A question was asked that is not understood: nothing can be proven about all values. */
  opaque: boolean;
}

/** Questions by field, `input.a.b`. */
export type QuestionMap = Map<string, Questions>;

/** The questions about a field, made when there are none. */
export function touch(map: QuestionMap, path: readonly string[]): Questions {
  const key = path.join('.');
  let questions = map.get(key);
  if (questions === undefined) {
    questions = {
      path,
      equals: new Set(),
      bounds: new Set(),
      prefixes: new Set(),
      suffixes: new Set(),
      parts: new Set(),
      members: new Set(),
      sizes: new Set(),
      opaque: false,
    };
    map.set(key, questions);
  }
  return questions;
}

/** Adds the questions that an expression asks. */
export function ask(map: QuestionMap, expression: Expression): void {
  switch (expression.op) {
    case 'literal':
    case 'list':
      return;
    case 'field':
      touch(map, expression.path).equals.add(true);
      return;
    case 'and':
    case 'or':
      for (const part of expression.of) ask(map, part);
      return;
    case 'not':
      ask(map, expression.of);
      return;
    case 'has':
    case 'size':
      for (const path of fields(expression)) touch(map, path);
      return;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      askText(map, expression);
      return;
    default:
      askRelation(map, expression);
  }
}

type TextTest = Extract<Expression, { readonly with: Expression }>;
type Relation = Extract<Expression, { readonly left: Expression }>;

const TEXT_SETS = { startsWith: 'prefixes', endsWith: 'suffixes', contains: 'parts' } as const;

function askText(map: QuestionMap, test: TextTest): void {
  const { of, with: argument } = test;
  if (of.op === 'field' && argument.op === 'literal') {
    const questions = touch(map, of.path);
    if (typeof argument.value === 'string') questions[TEXT_SETS[test.op]].add(argument.value);
  } else giveUp(map, test);
}

function askRelation(map: QuestionMap, relation: Relation): void {
  const { op, left, right } = relation;
  if (op === 'in') askMembership(map, relation);
  else if (left.op === 'field' && right.op === 'literal') askCompared(map, op, left.path, right.value);
  else if (left.op === 'literal' && right.op === 'field') askCompared(map, op, right.path, left.value);
  else if (left.op === 'size' && right.op === 'literal') askSize(map, left, right.value, relation);
  else if (left.op === 'literal' && right.op === 'size') askSize(map, right, left.value, relation);
  else giveUp(map, relation);
}

function askCompared(map: QuestionMap, op: Relation['op'], path: readonly string[], value: Literal): void {
  const questions = touch(map, path);
  if (op === '==' || op === '!=') questions.equals.add(value);
  else if (typeof value === 'string' || typeof value === 'number') questions.bounds.add(value);
}

function askSize(
  map: QuestionMap,
  size: Extract<Expression, { readonly op: 'has' | 'size' }>,
  value: Literal,
  whole: Expression,
): void {
  if (size.of.op === 'field' && typeof value === 'number') touch(map, size.of.path).sizes.add(value);
  else giveUp(map, whole);
}

function askMembership(map: QuestionMap, { left, right }: Relation): void {
  const values = right.op === 'list' ? right.items.flatMap((item) => (item.op === 'literal' ? [item.value] : [])) : [];
  if (left.op === 'field' && right.op === 'list' && values.length === right.items.length) {
    const questions = touch(map, left.path);
    for (const value of values) questions.equals.add(value);
  } else if (left.op === 'literal' && right.op === 'field') touch(map, right.path).members.add(left.value);
  else {
    giveUp(map, left);
    giveUp(map, right);
  }
}

/** Every field of the expression gets a value the others may have too, and no proof rests on it. */
function giveUp(map: QuestionMap, expression: Expression): void {
  for (const path of fields(expression)) {
    const questions = touch(map, path);
    questions.opaque = true;
    questions.equals.add('same');
    questions.equals.add(1);
  }
}

/** The fields that an expression reads. */
export function fields(expression: Expression): (readonly string[])[] {
  switch (expression.op) {
    case 'literal':
      return [];
    case 'field':
      return [expression.path];
    case 'list':
      return expression.items.flatMap(fields);
    case 'and':
    case 'or':
      return expression.of.flatMap(fields);
    case 'not':
    case 'has':
    case 'size':
      return fields(expression.of);
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return [...fields(expression.of), ...fields(expression.with)];
    default:
      return [...fields(expression.left), ...fields(expression.right)];
  }
}
