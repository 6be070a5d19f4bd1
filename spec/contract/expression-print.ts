import type { Expression } from './expression.ts';
import { codePointOf } from './text.ts';

/** The text of a condition; reading it again yields the same condition. */
export function printExpression(expression: Expression): string {
  switch (expression.op) {
    case 'literal':
      return printLiteral(expression.value);
    case 'list':
      return `[${expression.items.map(printExpression).join(', ')}]`;
    case 'field':
      return printPath(expression.path);
    case 'not':
      return `!${operand(expression.of)}`;
    case 'and':
      return expression.of
        .map((part) => (isJoin(part) ? `(${printExpression(part)})` : printExpression(part)))
        .join(' && ');
    case 'or':
      return expression.of
        .map((part) => (part.op === 'or' ? `(${printExpression(part)})` : printExpression(part)))
        .join(' || ');
    case 'has':
    case 'size':
      return `${expression.op}(${printExpression(expression.of)})`;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return `${receiver(expression.of)}.${expression.op}(${printExpression(expression.with)})`;
    default:
      return `${operand(expression.left)} ${expression.op} ${operand(expression.right)}`;
  }
}

/** What stands beside a relation or behind `!`. */
function operand(expression: Expression): string {
  return isJoin(expression) || 'left' in expression ? `(${printExpression(expression)})` : printExpression(expression);
}

/** What stands before `.startsWith(`. */
function receiver(expression: Expression): string {
  const isNegative = expression.op === 'literal' && typeof expression.value === 'number' && expression.value < 0;
  return expression.op === 'not' || isNegative ? `(${printExpression(expression)})` : operand(expression);
}

function isJoin(expression: Expression): boolean {
  return expression.op === 'and' || expression.op === 'or';
}

function printLiteral(value: string | number | boolean | null): string {
  if (typeof value === 'string') return printString(value);
  // Digits alone would be an integer, and an inexact one is refused.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? Number(value).toExponential() : String(value);
}

function printString(value: string): string {
  const body = value.replace(/[\\']|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = codePointOf(character).toString(16);
    if (character === '\\' || character === "'") return `\\${character}`;
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
  return `'${body}'`;
}

function printPath([root = '', ...names]: readonly string[]): string {
  const below = names.map((name) => (isSelector(name) ? `.${name}` : `[${printString(name)}]`));
  return [root, ...below].join('');
}

function isSelector(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name);
}
