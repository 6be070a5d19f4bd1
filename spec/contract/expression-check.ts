import type { Expression, ExpressionProblem, ParsedExpression } from './expression.ts';
import { printExpression } from './expression-print.ts';
import { ANYTHING, fieldShape, itemShape, kindOf, shapeOf, type Shape, type ValueKind } from './input-shape.ts';
import type { Json, JsonObject } from './source.ts';
import { sure } from './sure.ts';

type Found = Pick<ExpressionProblem, 'kind' | 'message' | 'word' | 'candidates'>;

const TEXT: Shape = { kinds: new Set(['string']) };
const BOOLEAN: Shape = { kinds: new Set(['boolean']) };
const NUMBER: Shape = { kinds: new Set(['number']) };
const LABELS: Shape = { kinds: new Set(['map']), schema: { additionalProperties: { type: 'string' } } };
const WORDS: Readonly<Record<ValueKind, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
  list: 'a list',
  map: 'a map',
};

/**
 * What a condition cannot mean, given the JSON Schema of the input: fields the input does not have, comparisons that never
 * hold, values that never occur. A schema that says too little to know yields no problem.
 */
export function typeCheck(parsed: ParsedExpression, inputSchema: JsonObject): readonly ExpressionProblem[] {
  const check = new Check(parsed, inputSchema);
  check.condition(parsed.expression);
  return check.problems;
}

class Check {
  readonly problems: ExpressionProblem[] = [];
  readonly #parsed: ParsedExpression;
  readonly #input: JsonObject;

  constructor(parsed: ParsedExpression, inputSchema: JsonObject) {
    this.#parsed = parsed;
    this.#input = inputSchema;
  }

  /** A part that must be true or false. */
  condition(expression: Expression): void {
    const { kinds } = this.#shape(expression);
    if (kinds !== undefined && !kinds.has('boolean')) {
      const message = `\`${printExpression(expression)}\` is ${inWords(kinds)}, not a condition`;
      this.#report(expression, { kind: 'not-boolean', message });
    }
  }

  #shape(expression: Expression): Shape {
    switch (expression.op) {
      case 'literal':
        return { kinds: new Set([kindOf(expression.value)]), values: [expression.value] };
      case 'list':
        for (const item of expression.items) this.#shape(item);
        return { kinds: new Set(['list']) };
      case 'field':
        return this.#field(expression, expression.path);
      case 'has':
        this.#shape(expression.of);
        return BOOLEAN;
      case 'size':
        this.#mustBe(expression.of, ['string', 'list', 'map']);
        return NUMBER;
      case 'not':
        this.condition(expression.of);
        return BOOLEAN;
      case 'and':
      case 'or':
        for (const part of expression.of) this.condition(part);
        return BOOLEAN;
      case 'startsWith':
      case 'endsWith':
      case 'contains':
        this.#mustBe(expression.of, ['string']);
        this.#mustBe(expression.with, ['string']);
        return BOOLEAN;
      case 'in':
        this.#membership(expression);
        return BOOLEAN;
      default:
        this.#relation(expression);
        return BOOLEAN;
    }
  }

  #field(expression: Expression, [root = '', ...names]: readonly string[]): Shape {
    if (root === 'task' || root === 'tenant') return TEXT;
    let shape: Shape = root === 'labels' ? LABELS : shapeOf(this.#input, this.#input);
    let path = root;
    for (const name of names) {
      const next = fieldShape(shape, name, this.#input);
      if ('names' in next) {
        const message = `\`${path}\` has no field \`${name}\``;
        this.#report(expression, { kind: 'unknown-field', message, word: name, candidates: next.names });
        return ANYTHING;
      }
      shape = next;
      path = `${path}.${name}`;
    }
    return shape;
  }

  #mustBe(expression: Expression, allowed: readonly ValueKind[]): Shape {
    const shape = this.#shape(expression);
    const { kinds } = shape;
    if (kinds !== undefined && !allowed.some((kind) => kinds.has(kind))) {
      const message = `\`${printExpression(expression)}\` is ${inWords(kinds)}, not ${inWords(allowed)}`;
      this.#report(expression, { kind: 'types', message });
    }
    return shape;
  }

  #relation(expression: Extract<Expression, { left: Expression }>): void {
    const left = this.#shape(expression.left);
    const right = this.#shape(expression.right);
    const isOrder = expression.op !== '==' && expression.op !== '!=';
    this.#compared(expression, left, right, isOrder ? ['string', 'number'] : undefined);
    if (isOrder) return;
    this.#possible(expression.right, right, expression.left, left);
    this.#possible(expression.left, left, expression.right, right);
  }

  #membership(expression: Extract<Expression, { left: Expression }>): void {
    const left = this.#shape(expression.left);
    if (expression.right.op !== 'list') {
      const right = this.#mustBe(expression.right, ['list', 'map']);
      if (right.kinds?.size === 1 && right.kinds.has('list'))
        this.#compared(expression, left, itemShape(right, this.#input));
      return;
    }
    for (const item of expression.right.items) {
      const shape = this.#shape(item);
      this.#compared(item, left, shape);
      this.#possible(item, shape, expression.left, left);
    }
  }

  /** Both sides must be able to have one kind in common. */
  #compared(at: Expression, left: Shape, right: Shape, among?: readonly ValueKind[]): void {
    if (left.kinds === undefined || right.kinds === undefined) return;
    const common = [...left.kinds].filter((kind) => right.kinds?.has(kind) && (among?.includes(kind) ?? true));
    if (common.length > 0) return;
    const haveNoOrder = [...left.kinds].some((kind) => right.kinds?.has(kind));
    const message = haveNoOrder
      ? 'only strings and numbers have an order'
      : `${inWords(left.kinds)} is compared with ${inWords(right.kinds)}, which never match`;
    this.#report(at, { kind: 'types', message });
  }

  /** A literal must be one of the values that the other side may have. */
  #possible(at: Expression, literal: Shape, field: Expression, { values }: Shape): void {
    if (at.op !== 'literal' || field.op === 'literal' || values === undefined) return;
    const [value] = sure(literal.values, 'the value of a literal');
    const isOfKind = values.some((one) => kindOf(one) === kindOf(value as Json));
    if (values.includes(value as Json) || !isOfKind) return;
    const message = `\`${printExpression(field)}\` is never ${printExpression(at)}`;
    const candidates = values.filter((one) => typeof one === 'string');
    const word = typeof value === 'string' ? { word: value, candidates } : {};
    this.#report(at, { kind: 'impossible-value', message, ...word });
  }

  #report(at: Expression, found: Found): void {
    this.problems.push({ ...found, ...(this.#parsed.places.get(at) ?? { offset: 0, length: 1 }) });
  }
}

function inWords(kinds: Iterable<ValueKind>): string {
  return [...kinds].map((kind) => WORDS[kind]).join(' or ');
}
