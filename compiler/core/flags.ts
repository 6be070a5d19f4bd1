import { evaluate } from '../../spec/contract/expression-evaluate.ts';
import type { Expression } from '../../spec/contract/expression.ts';
import type { Task } from '../../spec/contract/task.ts';
import type { FlagModel, FlagRule } from './model.ts';

/**
 * What feature flags mean. flagd decides them in JsonLogic, which has implementations in several languages: a condition is
 * let through where all of them, and our own evaluation, give the same answer.
 */

/** A part of a condition that flagd cannot ask, and why. */
export interface Unaskable {
  readonly part: Expression;
  readonly reason: string;
}

/** The rule that decides for a task; nothing when the default does. */
export function decidingRule({ rules }: FlagModel, task: Task): FlagRule | undefined {
  return rules.find(({ where }) => where === undefined || evaluate(where.expression, task));
}

/** The first part of a condition that flagd cannot ask. */
export function unaskable(expression: Expression): Unaskable | undefined {
  switch (expression.op) {
    case 'and':
    case 'or':
      return firstOf(expression.of);
    case 'not':
      return unaskable(expression.of);
    case 'field':
    case 'has':
      return unaskableField(expression.op === 'has' ? expression.of : expression);
    case '==':
    case '!=':
      return isField(expression.left)
        ? (unaskableField(expression.left) ?? unaskableValue(expression.right))
        : (unaskableField(expression.right) ?? unaskableValue(expression.left));
    case 'in':
      return unaskableField(expression.left) ?? unaskableList(expression.right);
    case 'startsWith':
    case 'endsWith':
      return unaskableField(expression.of) ?? unaskableText(expression.with);
    case 'contains':
      return { part: expression, reason: 'flagd would look into lists as well as into texts' };
    case 'size':
    case 'list':
    case 'literal':
      return { part: expression, reason: 'compare a field with it' };
    default:
      return { part: expression, reason: 'an order between values is not the same in every language of flagd' };
  }
}

function firstOf(parts: readonly Expression[]): Unaskable | undefined {
  for (const part of parts) {
    const found = unaskable(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isField(expression: Expression): boolean {
  return expression.op === 'field';
}

/** Names that JsonLogic would take apart, or find on every value. */
const PLAIN_NAME = /^(?!__proto__$|length$)[A-Za-z_][A-Za-z0-9_-]*$/;

function unaskableField(expression: Expression): Unaskable | undefined {
  if (expression.op !== 'field') return { part: expression, reason: 'only a field can be asked for' };
  const [root, ...names] = expression.path;
  const isWhole = names.length === 0 && (root === 'labels' || root === 'input');
  if (isWhole) return { part: expression, reason: 'name a field of it' };
  const odd = names.find((name) => !PLAIN_NAME.test(name));
  return odd === undefined ? undefined : { part: expression, reason: `flagd would not find a field called \`${odd}\`` };
}

function unaskableValue(expression: Expression): Unaskable | undefined {
  const isValue = expression.op === 'literal' && expression.value !== null;
  return isValue ? undefined : { part: expression, reason: 'a field is compared with a text, a number, true or false' };
}

function unaskableList(expression: Expression): Unaskable | undefined {
  if (expression.op !== 'list') return { part: expression, reason: 'write the values as a list' };
  for (const item of expression.items) {
    const found = unaskableValue(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unaskableText(expression: Expression): Unaskable | undefined {
  const isText = expression.op === 'literal' && typeof expression.value === 'string' && expression.value !== '';
  return isText ? undefined : { part: expression, reason: 'it is a text of at least one letter' };
}
